// Draws every chart of the page from the options that the server wrote beside its table, and again when they or the theme change.
// The page works without this file: the table stays.
import { BarChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, GridComponent, TooltipComponent, CanvasRenderer]);

const drawn = new Map(); // element -> chart

// var(--role) -> the colour it has now. light-dark() is resolved by asking for a computed colour.
const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);
const resolve = (value) => {
  if (Array.isArray(value)) return value.map(resolve);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, resolve(v)]));
  if (typeof value !== "string" || !value.startsWith("var(")) return value;
  probe.style.color = value;
  return getComputedStyle(probe).color;
};

const option = (el) => {
  const o = resolve(JSON.parse(el.dataset.options));
  const tip = { backgroundColor: resolve("var(--bg-raised)"), borderColor: resolve("var(--line-strong)") };
  o.textStyle = { fontFamily: getComputedStyle(document.body).fontFamily };
  o.tooltip = { ...o.tooltip, ...tip, renderMode: "richText", textStyle: { color: resolve("var(--fg)"), fontSize: 12 }, axisPointer: { type: "shadow", shadowStyle: { color: resolve("var(--bg-active)"), opacity: 0.6 } } };
  for (const s of o.series ?? []) Object.assign(s, { barCategoryGap: "12%", cursor: el.dataset.links.includes('"') ? "pointer" : "default" });
  return o;
};

// Going through a link lets the application's router handle it.
const follow = (href) => {
  const a = Object.assign(document.createElement("a"), { href });
  document.body.append(a);
  a.click();
  a.remove();
};

const show = (figure, view) => {
  figure.dataset.view = view;
  const button = figure.querySelector("[data-toggle]");
  button.hidden = false;
  button.textContent = view === "chart" ? button.dataset.table : button.dataset.chart;
};

const draw = (el) => {
  const figure = el.closest("figure");
  const chart = echarts.init(el, null, { renderer: "canvas" });
  drawn.set(el, chart);
  chart.setOption(option(el));
  chart.getZr().on("click", (ev) => {
    const [x] = chart.convertFromPixel({ seriesIndex: 0 }, [ev.offsetX, ev.offsetY]) ?? [];
    const href = JSON.parse(el.dataset.links)[Math.round(x)];
    if (href) follow(href);
  });
  figure.querySelector("[data-toggle]").addEventListener("click", () => show(figure, figure.dataset.view === "chart" ? "table" : "chart"));
  new ResizeObserver(() => chart.resize()).observe(el);
  show(figure, "chart");
};

const sync = () => {
  for (const [el, chart] of drawn) {
    if (el.isConnected) continue;
    chart.dispose();
    drawn.delete(el);
  }
  for (const el of document.querySelectorAll("[data-options]")) if (!drawn.has(el)) draw(el);
};
const redraw = () => {
  for (const [el, chart] of drawn) chart.setOption(option(el), true);
};

sync();
new MutationObserver((changes) => {
  if (changes.some((c) => c.type === "childList")) sync();
  if (changes.some((c) => c.type === "attributes")) redraw();
}).observe(document.documentElement, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-theme", "data-options"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
