//! Bar charts: a table that the browser turns into a chart once its library is there.
use crate::i18n::{num, t};
use leptos::prelude::*;
use serde_json::{Value, json};

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
///
/// Written by hand: a typed builder of all that ECharts can do would bring the serialiser of every chart kind into the browser.
pub fn options(categories: &[Category], series: &[Series]) -> Value {
    let label = json!({"color": "var(--chart-axis)", "fontSize": 11});
    let bars: Vec<Value> = series
        .iter()
        .map(|s| json!({"type": "bar", "stack": "all", "name": s.name, "data": s.values, "itemStyle": {"color": format!("var({})", s.color)}}))
        .collect();
    json!({
        "animation": false,
        "grid": {"left": 4, "right": 4, "top": 8, "bottom": 4, "containLabel": true},
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "category",
            "data": categories.iter().map(|c| &c.label).collect::<Vec<_>>(),
            "axisLabel": label,
            "axisTick": {"show": false},
            "axisLine": {"lineStyle": {"color": "var(--line-strong)"}},
        },
        "yAxis": {
            "type": "value",
            "minInterval": 1,
            "axisLabel": label,
            "splitLine": {"lineStyle": {"color": "var(--chart-grid)"}},
        },
        "series": bars,
    })
}

const SCRIPT: &str = "/charts.js";

/// Loads the chart library once, when the first chart is on the page.
fn load_script() {
    let doc = document();
    if doc.query_selector("script[data-charts]").ok().flatten().is_some() {
        return;
    }
    if let (Ok(script), Some(head)) =
        (doc.create_element("script"), doc.query_selector("head").ok().flatten())
    {
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
    let options = options(&categories, &series).to_string();
    let links =
        serde_json::to_string(&categories.iter().map(|c| c.href.clone()).collect::<Vec<_>>())
            .unwrap_or_default();
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
    let heads =
        series.iter().map(|s| view! { <th class="num">{s.name.clone()}</th> }).collect_view();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_stacked_and_colours_are_roles() {
        let categories = [Category { label: "10:00".into(), href: None }];
        let series = [Series { name: "High".into(), color: "--sev-high-mark", values: vec![3] }];
        let o = options(&categories, &series);
        assert_eq!(o["xAxis"]["data"], json!(["10:00"]));
        assert_eq!(o["series"][0]["data"], json!([3]));
        assert_eq!(
            (o["series"][0]["stack"].clone(), o["animation"].clone()),
            (json!("all"), json!(false))
        );
        assert_eq!(o["series"][0]["itemStyle"]["color"], "var(--sev-high-mark)");
    }
}
