use crate::{
    memory::{Memory, event, ready},
    post::post,
    render::{NOW, Page, caller, get, page},
};
use axum::http::StatusCode;
use backend::{Reply, RulesBackend};
use model::{
    Caller, Permission, Problem, Role, Severity,
    rule::{DetectionRule, NewRule, RuleChange, RuleTest},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// What the product's compiler would find among other things: a number where a comparison needs one.
fn compiles(new: NewRule) -> Result<NewRule, Problem> {
    let new = new.check()?;
    match new.conditions.iter().find(|(_, v)| v.get("gt").is_some_and(|n| !n.is_number())) {
        Some((key, _)) => {
            Err(Problem::field(&format!("conditions/{key}/gt"), "type", "must be a number"))
        }
        None => Ok(new),
    }
}

fn saved(id: i64, new: NewRule) -> DetectionRule {
    DetectionRule {
        id,
        name: new.name,
        description: new.description,
        severity: new.severity,
        enabled: new.enabled,
        conditions: new.conditions,
        create_incident: new.create_incident,
        window_minutes: new.window_minutes,
        techniques: new.techniques,
        created_at: NOW,
        updated_at: NOW,
        ..Default::default()
    }
}

impl RulesBackend for Memory {
    fn rules<'a>(&'a self, who: &'a Caller) -> Reply<'a, Vec<DetectionRule>> {
        ready(who.require(Permission::ReadRules).map(|()| self.rules.lock().unwrap().clone()))
    }
    fn rule<'a>(&'a self, _: &'a Caller, id: i64) -> Reply<'a, DetectionRule> {
        ready(
            self.rules
                .lock()
                .unwrap()
                .iter()
                .find(|r| r.id == id)
                .cloned()
                .ok_or_else(|| Problem::not_found("Rule not found")),
        )
    }
    fn create_rule<'a>(&'a self, who: &'a Caller, new: NewRule) -> Reply<'a, DetectionRule> {
        Box::pin(async move {
            who.require(Permission::ManageRules)?;
            let new = compiles(new)?;
            let mut rules = self.rules.lock().unwrap();
            let rule = saved(100 + rules.len() as i64, new);
            rules.push(rule.clone());
            Ok(rule)
        })
    }
    fn change_rule<'a>(
        &'a self,
        who: &'a Caller,
        id: i64,
        change: RuleChange,
    ) -> Reply<'a, DetectionRule> {
        Box::pin(async move {
            who.require(Permission::ManageRules)?;
            let mut rules = self.rules.lock().unwrap();
            let rule = rules
                .iter_mut()
                .find(|r| r.id == id)
                .ok_or_else(|| Problem::not_found("Rule not found"))?;
            *rule = saved(id, compiles(change.apply(rule)?)?);
            Ok(rule.clone())
        })
    }
    fn delete_rule<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, ()> {
        self.rules.lock().unwrap().retain(|r| r.id != id);
        ready(who.require(Permission::ManageRules))
    }
    fn test_rule<'a>(&'a self, who: &'a Caller, rule: NewRule) -> Reply<'a, RuleTest> {
        let hits = self.evidence.clone();
        let test = RuleTest { examined: 9000, matched: hits.len() as i64, hits, took_ms: 4 };
        ready(who.require(Permission::ManageRules).and_then(|()| compiles(rule)).map(|_| test))
    }
}

fn rule(id: i64, name: &str, severity: Severity, conditions: Value) -> DetectionRule {
    let new = json!({"name": name, "severity": severity, "conditions": conditions, "techniques": ["T1003.001"], "window_minutes": 90});
    saved(id, serde_json::from_value(new).unwrap())
}

fn some() -> Arc<Memory> {
    let mut lsass = rule(
        7,
        "Memory of <lsass>",
        Severity::High,
        json!({"event_type": "process_access", "process.name": {"not": {"endswith": ["MsMpEng.exe", "csrss.exe"]}}, "any": [{"process.pid": {"gt": 4}}, {"a": null}]}),
    );
    lsass.alerts_7d = 3;
    lsass.description = Some("Look at the caller.".into());
    let mut dns =
        rule(8, "Long DNS name", Severity::Low, json!({"event_type": ["dns", "dns_query"]}));
    dns.enabled = false;
    dns.builtin = true;
    let evidence = vec![event(41, "powershell.exe opened lsass.exe"), event(42, "again")];
    Arc::new(Memory { rules: vec![dns, lsass].into(), evidence, ..Default::default() })
}

async fn as_lead(m: &Arc<Memory>, path: &str) -> Page {
    get(m, Some(caller(Role::TeamLead)), path, "").await
}

const CREATE: &str = "/app/server_fns/rules/create_rule";
const FORM: &str =
    "name=Mine&severity=high&window_minutes=30&techniques=t1059%2C+T1027&enabled=true&conditions=";

#[tokio::test]
async fn the_list_says_what_each_rule_is_and_links_its_alerts() {
    let p = as_lead(&some(), "/rules").await;
    assert!(
        p.has("2 rules")
            && p.has("1 on")
            && p.has("Memory of &lt;lsass&gt;")
            && p.has("T1003.001")
            && p.has("dns, dns_query")
    );
    let since = NOW.plus(-7 * model::time::DAY).rfc3339().replace(':', "%3A");
    assert!(
        p.has(&format!("/alerts?rule=7&amp;status=any&amp;since={since}")),
        "the count leads to what it counts"
    );
    let row = p.between("id=\"rule-8\"", "</tr>");
    assert!(row.contains("data-sev=\"low\""), "{row}");
    let (before, _) = p.html.split_once("id=\"rule-8\"").unwrap();
    let switch = before.rsplit_once("<form").unwrap().1;
    assert!(
        switch.contains("rules/set_enabled")
            && switch.contains("aria-checked=\"false\"")
            && switch.contains("value=\"true\""),
        "{switch}"
    );
}

#[tokio::test]
async fn the_address_is_the_filter_and_stays_in_the_rows() {
    let m = some();
    let p = as_lead(&m, "/rules?q=LSASS+t1003&enabled=yes&severity=high").await;
    assert!(
        p.has("/rules?q=LSASS+t1003&amp;enabled=yes&amp;severity=high&amp;open=7")
            && !p.has("id=\"rule-8\"")
    );
    assert!(p.has("1 of 2") && p.has("value=\"LSASS t1003\""));
    let order = as_lead(&m, "/rules?sort=severity").await.html;
    assert!(order.find("id=\"rule-7\"") < order.find("id=\"rule-8\""));
    let order = as_lead(&m, "/rules").await.html;
    assert!(order.find("id=\"rule-8\"") < order.find("id=\"rule-7\""), "by name");
    assert!(as_lead(&m, "/rules?q=nothing+like+it").await.has("Show all 2 rules"));
    let p = as_lead(&Arc::new(Memory::default()), "/rules").await;
    assert!(p.has("There are no rules yet") && p.has("Write the first rule"));
}

#[tokio::test]
async fn the_panel_and_the_page_say_the_conditions_in_words() {
    let m = some();
    for path in ["/rules?open=7", "/rules/7"] {
        let p = as_lead(&m, path).await;
        let said = p.between("<ul class=\"holds\">", "</ul>");
        for text in [
            "All of these hold:",
            "does not end with",
            "csrss.exe",
            "At least one of these holds:",
            "is greater than",
            "is absent",
        ] {
            assert!(said.contains(text), "{path}: {text} is missing in {said}");
        }
        assert!(
            p.has("Look at the caller.") && p.has("one alert per host within 1 h 30 min"),
            "{path}"
        );
    }
    let json = as_lead(&m, "/rules/7?tab=json").await;
    assert!(
        json.between("<pre", "</pre>").contains("&quot;process_access&quot;")
            || json.between("<pre", "</pre>").contains("\"process_access\"")
    );
    for path in ["/rules/99", "/rules/x", "/rules?open=99"] {
        assert!(as_lead(&m, path).await.has("No such rule"), "{path}");
    }
}

#[tokio::test]
async fn who_may_not_manage_rules_sees_no_button_and_no_form() {
    let m = some();
    for path in ["/rules", "/rules?open=7", "/rules/7?tab=edit&test=1"] {
        let p = page(&m, path).await;
        assert!(p.has("Memory of &lt;lsass&gt;"), "{path}");
        for hidden in [
            "New rule",
            "server_fns/rules/",
            "href=\"/rules/7?tab=edit\"",
            "Test the rule",
            "rule-delete",
            "events match",
        ] {
            assert!(!p.has(hidden), "{path} shows {hidden}");
        }
    }
    let p = page(&m, "/rules/new").await;
    assert!(p.has("Your role may not write rules") && !p.has("<textarea"));
    let analyst = caller(Role::Analyst);
    let (_, to) =
        post(&m, analyst, "/app/server_fns/rules/set_enabled", "id=7&enabled=false", "/rules")
            .await;
    assert!(to.contains("__err=") && m.rules.lock().unwrap()[1].enabled);
}

#[tokio::test]
async fn a_rule_is_switched_without_scripts() {
    let m = some();
    let (status, to) = post(
        &m,
        caller(Role::TeamLead),
        "/app/server_fns/rules/set_enabled",
        "id=7&enabled=false",
        "/rules?q=lsass",
    )
    .await;
    assert_eq!((status, to.as_str()), (StatusCode::FOUND, "/rules?q=lsass"));
    assert!(!m.rules.lock().unwrap()[1].enabled);
    assert!(as_lead(&m, "/rules/7").await.has("Enable"));
}

#[tokio::test]
async fn a_new_rule_starts_from_an_example_that_is_accepted() {
    let m = some();
    let p = as_lead(&m, "/rules/new").await;
    assert!(p.has(&format!("action=\"{CREATE}\"")) && p.has("Test before saving"));
    let text = p.between("id=\"conditions\"", "</textarea>").split_once('>').unwrap().1;
    let text = text
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    let conditions: serde_json::Map<String, Value> =
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
    assert!(conditions.len() > 2);
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_field() {
    let (m, lead) = (some(), caller(Role::TeamLead));
    let good = format!("{FORM}%7B%22a%22%3A1%7D");
    let (status, _) = post(&m, lead.clone(), CREATE, &good, "/rules/new").await;
    assert_eq!(status, StatusCode::FOUND);
    let made = m.rules.lock().unwrap().last().cloned().unwrap();
    assert_eq!(
        (made.name.as_str(), made.window_minutes, made.create_incident),
        ("Mine", 30, false)
    );
    assert_eq!(made.techniques, ["T1059", "T1027"]);

    let bad = format!("{FORM}%7B%22port%22%3A%7B%22gt%22%3A%22x%22%7D%7D");
    let (_, to) = post(&m, lead.clone(), CREATE, &bad.replace("Mine", "+"), "/rules/new").await;
    let p = get(&m, Some(lead.clone()), &to, "").await;
    assert!(p.has("id=\"name-error\"") && p.has("may not be empty"), "{to}");
    let (_, to) = post(&m, lead.clone(), CREATE, &bad, "/rules/new").await;
    let p = get(&m, Some(lead.clone()), &to, "").await;
    let wrong = p.between("id=\"conditions-error\"", "</div>");
    assert!(wrong.contains("/port/gt") && wrong.contains("must be a number"), "{wrong}");

    let (_, to) =
        post(&m, lead.clone(), CREATE, &format!("{FORM}%7B%0A%22a%22"), "/rules/new").await;
    assert!(get(&m, Some(lead.clone()), &to, "").await.has("line 2 column 3"), "{to}");
    let p = get(&m, Some(lead), &to, "lang=es").await;
    assert!(p.has("no es un objeto JSON"));
    assert_eq!(m.rules.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_saved_rule_is_changed_by_its_form() {
    let (m, lead) = (some(), caller(Role::TeamLead));
    let p = as_lead(&m, "/rules/7?tab=edit").await;
    assert!(
        p.has("action=\"/app/server_fns/rules/change_rule\"")
            && p.has("value=\"Memory of &lt;lsass&gt;\"")
    );
    assert!(p.between("name=\"severity\"", "</select>").contains("value=\"high\" selected"));
    let form = format!("id=7&description=&{}%7B%22b%22%3A2%7D", FORM.replace("&enabled=true", ""));
    let (_, to) =
        post(&m, lead, "/app/server_fns/rules/change_rule", &form, "/rules/7?tab=edit").await;
    assert_eq!(to, "/rules/7?tab=edit");
    let rule = m.rules.lock().unwrap()[1].clone();
    assert_eq!(
        (rule.name.as_str(), rule.enabled, rule.description),
        ("Mine", false, None),
        "an empty box and an empty text are said"
    );
}

#[tokio::test]
async fn a_test_has_an_address_and_shows_what_matched_and_why() {
    let p = as_lead(&some(), "/rules/7?test=1").await;
    // between two texts the renderer may set a mark
    let panel =
        p.between("aria-label=\"Test against recent events\"", "</aside>").replace("<!>", "");
    assert!(
        panel.contains("2 of 9,000 events match") && panel.contains("href=\"/events/41\""),
        "{panel}"
    );
    assert!(
        panel.contains("process.name</dt>")
            && panel.contains(">powershell.exe</a>")
            && panel.contains(">6008</a>")
    );
    assert!(!as_lead(&some(), "/rules/7").await.has("events match"));
    let none = Arc::new(Memory { evidence: Vec::new(), ..Arc::into_inner(some()).unwrap() });
    assert!(as_lead(&none, "/rules/7?test=1").await.has("No recent event matches"));
}

#[tokio::test]
async fn spanish_is_whole() {
    let lead = || Some(caller(Role::TeamLead));
    let m = some();
    for (path, texts) in [
        ("/rules?open=7", ["2 reglas", "Nueva regla", "Desactivar", "no termina en"]),
        (
            "/rules/7?tab=edit&test=1",
            ["Guardar", "Probar con eventos recientes", "2 de 9000 eventos", "Todas las reglas"],
        ),
        (
            "/rules/new",
            [
                "Crear regla",
                "Condiciones",
                "Cómo se escriben las condiciones",
                "Probar antes de guardar",
            ],
        ),
    ] {
        let p = get(&m, lead(), path, "lang=es").await;
        for text in texts {
            assert!(p.has(text), "{path}: {text} is missing");
        }
        for text in ["New rule", "Conditions", "Save<", "Severity", "does not"] {
            assert!(!p.has(text), "{path}: {text} is English");
        }
    }
}
