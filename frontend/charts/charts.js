// Draws every chart of the page from the options that the server wrote beside its table, and again when they or the theme change.
// The page works without this file: the table stays.
import { BarChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, GridComponent, TooltipComponent, CanvasRenderer]);

const drawn = new Map(); // element -> chart
const views = new WeakMap(); // figure -> "chart" or "table", as its reader chose

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

// The application may render a figure again around a chart that is drawn, so this runs after each change of the page, and writes only what differs.
const show = (figure) => {
  const view = views.get(figure) ?? "chart";
  const button = figure.querySelector("[data-toggle]");
  const text = view === "chart" ? button.dataset.table : button.dataset.chart;
  if (figure.dataset.view !== view) figure.dataset.view = view;
  if (button.hidden) button.hidden = false;
  if (button.textContent !== text) button.textContent = text;
};

const draw = (el) => {
  const chart = echarts.init(el, null, { renderer: "canvas" });
  drawn.set(el, chart);
  chart.setOption(option(el));
  chart.getZr().on("click", (ev) => {
    const [x] = chart.convertFromPixel({ seriesIndex: 0 }, [ev.offsetX, ev.offsetY]) ?? [];
    const href = JSON.parse(el.dataset.links)[Math.round(x)];
    if (href) follow(href);
  });
  new ResizeObserver(() => chart.resize()).observe(el);
};

const sync = () => {
  for (const [el, chart] of drawn) {
    if (el.isConnected) continue;
    chart.dispose();
    drawn.delete(el);
  }
  for (const el of document.querySelectorAll("[data-options]")) {
    show(el.closest("figure"));
    if (!drawn.has(el)) draw(el);
  }
};
const redraw = () => {
  for (const [el, chart] of drawn) chart.setOption(option(el), true);
};

document.addEventListener("click", (ev) => {
  const figure = ev.target.closest("[data-toggle]")?.closest("figure");
  if (!figure) return;
  views.set(figure, figure.dataset.view === "chart" ? "table" : "chart");
  show(figure);
});

const shown = ["data-view", "hidden"];
const looks = ["data-theme", "data-options"];
sync();
new MutationObserver((changes) => {
  if (changes.some((c) => c.type === "childList" || shown.includes(c.attributeName))) sync();
  if (changes.some((c) => looks.includes(c.attributeName))) redraw();
}).observe(document.documentElement, { subtree: true, childList: true, attributes: true, attributeFilter: [...shown, ...looks] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
