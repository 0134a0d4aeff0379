//! One test for each scenario: a few tries, seconds each, one after the other: each has clocks, and two would disturb each other's.
use chaos::{Tier, Tools, scenario};
use tokio::sync::Mutex;

static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// Scenarios that want a machine of their own, since what they show depends on what meets within seconds: `EVENTSEC_CHAOS=all` runs
/// them here too, and `make chaos` always does.
const APART: [&str; 4] = ["planted", "reads", "postgres", "panics"];

/// Runs the scenario of this name, which must find nothing wrong.
#[expect(clippy::disallowed_methods, reason = "a setting of tests")]
async fn clean(name: &str) {
    if APART.contains(&name) && std::env::var("EVENTSEC_CHAOS").as_deref() != Ok("all") {
        println!("skipped: {name} runs with EVENTSEC_CHAOS=all, and with make chaos");
        return;
    }
    let _turn = ONE_AT_A_TIME.lock().await;
    let tools = Tools::new(env!("CARGO_BIN_EXE_eventsec-chaos"), Tier::Quick);
    let scenario = scenario::ALL.iter().find(|s| s.name == name);
    let scenario = scenario.unwrap_or_else(|| panic!("there is no scenario {name}"));
    (scenario.run)(&tools).await.assert_clean();
}

macro_rules! quick {
    ($($test:ident $name:literal;)+) => {
        const TRIED: &[&str] = &[$($name),+];

        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                clean($name).await;
            }
        )+
    };
}

quick! {
    kill "kill";
    kill_postgres "kill-postgres";
    power_cut "power-cut";
    failpoints "failpoints";
    failpoints_postgres "failpoints-postgres";
    planted "planted";
    damage "damage";
    eio "eio";
    terminate "terminate";
    reads "reads";
    disk_full "disk-full";
    idle "idle";
    overload "overload";
    search_bombs "search-bombs";
    postgres "postgres";
    contention "contention";
    slow_clients "slow-clients";
    body_bombs "body-bombs";
    hostile_http "hostile-http";
    hostile_json "hostile-json";
    panics "panics";
}

#[test]
fn every_scenario_is_tried() {
    let all: Vec<&str> = scenario::ALL.iter().map(|s| s.name).collect();
    assert_eq!(all, TRIED);
}
