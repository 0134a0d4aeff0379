//! Bar charts: a table that the browser turns into a chart once its library is there.
use crate::i18n::{num, t};
use charming::{
    component::{Axis, Grid},
    element::{AxisLabel, AxisLine, AxisTick, AxisType, ItemStyle, LineStyle, SplitLine, Tooltip, Trigger},
    series::Bar,
};
use leptos::prelude::*;

/// One row of the table and one bar of the chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Category {
    pub label: String,
    /// Where its rows are.
    pub href: Option<String>,
}

/// One stacked part of each bar. `color`: a role of `tokens.css`, such as `--sev-high-mark`.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: String,
    pub color: &'static str,
    pub values: Vec<i64>,
}

/// The chart's options as ECharts reads them. Colours are `var(--…)`; the script resolves them, again at each change of theme.
pub fn options(categories: &[Category], series: &[Series]) -> String {
    let label = || AxisLabel::new().color("var(--chart-axis)").font_size(11);
    let mut chart = charming::Chart::new()
        .animation(false)
        .grid(Grid::new().left(4).right(4).top(8).bottom(4).contain_label(true))
        .tooltip(Tooltip::new().trigger(Trigger::Axis))
        .x_axis(
            Axis::new()
                .type_(AxisType::Category)
                .data(categories.iter().map(|c| c.label.clone()).collect())
                .axis_label(label())
                .axis_tick(AxisTick::new().show(false))
                .axis_line(AxisLine::new().show(false)),
        )
        .y_axis(
            Axis::new()
                .type_(AxisType::Value)
                .min_interval(1)
                .axis_label(label())
                .split_line(SplitLine::new().line_style(LineStyle::new().color("var(--chart-grid)"))),
        );
    for s in series {
        chart = chart.series(
            Bar::new()
                .name(s.name.clone())
                .stack("all")
                .item_style(ItemStyle::new().color(format!("var({})", s.color).as_str()))
                .data(s.values.clone()),
        );
    }
    serde_json::to_string(&chart).unwrap_or_default()
}

const SCRIPT: &str = "/charts.js";

/// Loads the chart library once, when the first chart is on the page.
fn load_script() {
    let doc = document();
    if doc.query_selector("script[data-charts]").ok().flatten().is_some() {
        return;
    }
    if let (Ok(script), Some(head)) = (doc.create_element("script"), doc.query_selector("head").ok().flatten()) {
        let _ = script.set_attribute("type", "module");
        let _ = script.set_attribute("src", SCRIPT);
        let _ = script.set_attribute("data-charts", "");
        let _ = head.append_child(&script);
    }
}

/// Stacked bars with a title, a unit, and a table of the same numbers. Every number links to its rows where `href` is set.
#[component]
pub fn Chart(
    #[prop(into)] title: String,
    /// What a bar counts, such as "alerts per hour".
    #[prop(into)]
    unit: String,
    categories: Vec<Category>,
    series: Vec<Series>,
    /// Head of the table's first column.
    #[prop(into)]
    by: String,
) -> impl IntoView {
    Effect::new(|_| load_script());
    let options = options(&categories, &series);
    let links = serde_json::to_string(&categories.iter().map(|c| c.href.clone()).collect::<Vec<_>>()).unwrap_or_default();
    let many = series.len() > 1;
    let rows = categories
        .into_iter()
        .enumerate()
        .map(|(i, c)| {
            let cells: Vec<i64> = series.iter().map(|s| s.values.get(i).copied().unwrap_or(0)).collect();
            let total: i64 = cells.iter().sum();
            let name = match c.href {
                Some(href) => view! { <a class="link" href=href>{c.label}</a> }.into_any(),
                None => c.label.into_any(),
            };
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    {cells.into_iter().map(|n| view! { <td class="num">{num(n)}</td> }).collect_view()}
                    {many.then(|| view! { <td class="num">{num(total)}</td> })}
                </tr>
            }
        })
        .collect_view();
    let heads = series.iter().map(|s| view! { <th class="num">{s.name.clone()}</th> }).collect_view();
    view! {
        <figure class="figure" data-view="table">
            <figcaption>
                {title.clone()}
                <span class="aside">{unit}</span>
                <button type="button" class="btn quiet small" data-toggle hidden data-table=t("common.table") data-chart=t("common.chart")>
                    {t("common.table")}
                </button>
            </figcaption>
            <div class="plot" tabindex="0" role="group" aria-label=title>
                <div class="canvas" data-options=options data-links=links aria-hidden="true"></div>
                <table class="tbl tight flush twin">
                    <thead>
                        <tr>
                            <th>{by}</th>
                            {heads}
                            {many.then(|| view! { <th class="num">{t("common.total")}</th> })}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </figure>
    }
}
