//! People, sessions, throttling, agents, sensors, views.
use crate::help::{NOW, add_person, person};
use model::{
    Role,
    time::{HOUR, MINUTE},
    user::ValidUserChange,
    view::NewView,
};
use store::{NewAgent, NewSession, SensorBatch, SessionKind, StoreError};
use testkit::db_test;

fn session(id: &str, user_id: i64) -> NewSession {
    NewSession {
        id_hash: id.into(),
        user_id,
        kind: SessionKind::Browser,
        expires_at: NOW.plus(HOUR),
        ip: "192.0.2.1".into(),
        user_agent: "Firefox".into(),
    }
}

db_test! {
    async fn a_person_is_found_by_address_in_any_case(db) {
        let ana = add_person(&db.store, "acme", "Ana@Example.ORG", Role::Analyst).await;
        assert_eq!((ana.email.as_str(), ana.team.as_deref(), ana.is_active), ("ana@example.org", Some("blue"), true));
        let login = db.store.login(" ANA@example.org").await.unwrap().unwrap();
        assert_eq!((login.user, login.password_hash.as_str()), (ana.clone(), "hash"));
        assert!(db.store.login("bob@example.org").await.unwrap().is_none());
        assert_eq!(db.store.user("acme", ana.id).await.unwrap(), ana);
        assert_eq!(db.store.users_count().await.unwrap(), 1);
    }

    async fn people_are_listed_in_the_order_they_came(db) {
        let mut came = Vec::new();
        for email in ["zoe@x.org", "ana@x.org", "mar@x.org"] {
            came.push(add_person(&db.store, "acme", email, Role::Analyst).await.id);
        }
        let listed: Vec<i64> = db.store.users("acme").await.unwrap().iter().map(|u| u.id).collect();
        assert_eq!(listed, came);
    }

    async fn a_login_read_in_a_transaction_is_of_now(db) {
        let ana = add_person(&db.store, "acme", "ana@x.org", Role::Analyst).await;
        let before = db.store.login("ana@x.org").await.unwrap().unwrap();
        let mut tx = db.store.begin().await.unwrap();
        tx.set_password("acme", ana.id, "hash2", true, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.store.begin().await.unwrap();
        let now = tx.login("acme", ana.id).await.unwrap();
        assert_eq!((before.password_hash.as_str(), now.password_hash.as_str()), ("hash", "hash2"));
        assert!(now.user.must_change_password && now.user.id == ana.id);
        assert!(matches!(tx.login("other", ana.id).await, Err(StoreError::NotFound)));
    }

    async fn an_address_belongs_to_one_account_over_all_tenants(db) {
        add_person(&db.store, "acme", "ana@x.org", Role::Analyst).await;
        let mut tx = db.store.begin().await.unwrap();
        let twice = tx.insert_user("other", &person("ANA@x.org", Role::Admin), "h", true, NOW).await;
        assert!(matches!(&twice, Err(StoreError::Unique(name)) if name == "users_email"), "{twice:?}");
        drop(tx);
        let mut tx = db.store.begin().await.unwrap();
        let homeless = tx.insert_user("nowhere", &person("bob@x.org", Role::Admin), "h", true, NOW).await;
        assert!(matches!(homeless, Err(StoreError::Conflict(_))), "{homeless:?}");
    }

    async fn nobody_sees_people_of_another_tenant(db) {
        let ana = add_person(&db.store, "acme", "ana@x.org", Role::Admin).await;
        assert!(matches!(db.store.user("other", ana.id).await, Err(StoreError::NotFound)));
        assert!(matches!(db.store.password_hash("other", ana.id).await, Err(StoreError::NotFound)));
        assert!(db.store.users("other").await.unwrap().is_empty());
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.active_admins("other").await.unwrap(), 0);
        assert!(matches!(tx.set_password("other", ana.id, "x", false, NOW).await, Err(StoreError::NotFound)));
        assert!(matches!(tx.insert_session("other", &session("s", ana.id), NOW).await, Err(StoreError::NotFound)));
        assert!(matches!(tx.update_user("other", ana.id, &ValidUserChange::default(), NOW).await, Err(StoreError::NotFound)));
        assert_eq!(tx.delete_user_sessions("other", ana.id, None).await.unwrap(), 0);
    }

    async fn only_the_fields_sent_change(db) {
        let ana = add_person(&db.store, "acme", "ana@x.org", Role::Analyst).await;
        let later = NOW.plus(5);
        let mut tx = db.store.begin().await.unwrap();
        let change = ValidUserChange { team: Some(String::new()), email: Some("ANA2@x.org".into()), is_active: Some(false), ..Default::default() };
        let new = tx.update_user("acme", ana.id, &change, later).await.unwrap();
        tx.set_password("acme", ana.id, "hash2", true, later).await.unwrap();
        tx.touch_login("acme", ana.id, later).await.unwrap();
        tx.commit().await.unwrap();
        let stored = db.store.user("acme", ana.id).await.unwrap();
        assert_eq!((new.team, new.email.as_str(), new.is_active, new.full_name), (None, "ana2@x.org", false, ana.full_name.clone()));
        assert_eq!((stored.team, stored.must_change_password, stored.last_login_at), (None, true, Some(later)));
        assert_eq!((stored.full_name, stored.timezone, stored.created_at, stored.updated_at), (ana.full_name, ana.timezone, NOW, later));
        assert_eq!(db.store.password_hash("acme", ana.id).await.unwrap(), "hash2");
    }

    async fn a_session_ends_with_its_time_its_owner_or_its_row(db) {
        let ana = add_person(&db.store, "acme", "ana@x.org", Role::Analyst).await;
        let mut tx = db.store.begin().await.unwrap();
        for id in ["s1", "s2", "s3"] {
            tx.insert_session("acme", &session(id, ana.id), NOW).await.unwrap();
        }
        tx.commit().await.unwrap();
        let found = db.store.session("s1", NOW).await.unwrap().unwrap();
        assert_eq!((found.user, found.kind, found.expires_at), (ana.clone(), SessionKind::Browser, NOW.plus(HOUR)));
        assert!(db.store.session("s1", NOW.plus(HOUR)).await.unwrap().is_none(), "expired");
        assert!(db.store.session("nobody's", NOW).await.unwrap().is_none());

        let mut tx = db.store.begin().await.unwrap();
        tx.touch_session("s1", NOW.plus(MINUTE)).await.unwrap();
        assert!(tx.delete_session("s2").await.unwrap());
        assert!(!tx.delete_session("s2").await.unwrap());
        assert_eq!(tx.delete_user_sessions("acme", ana.id, Some("s1")).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(db.store.session("s1", NOW).await.unwrap().unwrap().last_seen_at, NOW.plus(MINUTE));
        assert!(db.store.session("s2", NOW).await.unwrap().is_none());
        assert!(db.store.session("s3", NOW).await.unwrap().is_none());

        let mut tx = db.store.begin().await.unwrap();
        let off = ValidUserChange { is_active: Some(false), ..Default::default() };
        tx.update_user("acme", ana.id, &off, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert!(db.store.session("s1", NOW).await.unwrap().is_none(), "its owner was disabled");
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.purge_sessions(NOW.plus(HOUR)).await.unwrap(), 1);
    }

    async fn failures_are_counted_per_key(db) {
        let mut tx = db.store.begin().await.unwrap();
        for n in 1..=3 {
            assert_eq!(tx.bump_throttle("ana", NOW.plus(n)).await.unwrap().failures, n);
        }
        tx.bump_throttle("bob", NOW).await.unwrap();
        tx.commit().await.unwrap();
        let ana = db.store.throttle("ana").await.unwrap().unwrap();
        assert_eq!((ana.failures, ana.last_at), (3, NOW.plus(3)));
        let mut tx = db.store.begin().await.unwrap();
        tx.clear_throttle("ana").await.unwrap();
        assert_eq!(tx.purge_throttle(NOW.plus(1)).await.unwrap(), 1, "bob is old");
        tx.commit().await.unwrap();
        assert_eq!(db.store.throttle("ana").await.unwrap(), None);
    }

    async fn an_agent_is_known_by_its_key(db) {
        let new = NewAgent { name: "web-1".into(), hostname: "web-1.lan".into(), os: "linux".into(), ip_address: "10.0.0.1".into(), version: None, tags: vec!["ñ".into(), "b".into()] };
        let mut tx = db.store.begin().await.unwrap();
        let agent = tx.insert_agent("acme", &new, "k1", NOW).await.unwrap();
        tx.insert_agent("other", &new, "k2", NOW).await.unwrap();
        tx.touch_agent("acme", agent.id, "10.0.0.9", NOW).await.unwrap();
        assert!(matches!(tx.touch_agent("other", agent.id, "10.0.0.9", NOW).await, Err(StoreError::NotFound)));
        tx.commit().await.unwrap();
        let found = db.store.agent_by_key("k1").await.unwrap().unwrap();
        assert_eq!((found.tenant.as_str(), found.hostname.as_str(), found.agent.tags), ("acme", "web-1.lan", new.tags.clone()));
        assert_eq!((found.agent.last_seen, found.agent.last_ip.as_deref()), (Some(NOW), Some("10.0.0.9")));
        assert!(db.store.agent_by_key("k3").await.unwrap().is_none());
        assert_eq!(db.store.agents("acme").await.unwrap().len(), 1);
        let mut tx = db.store.begin().await.unwrap();
        let twice = tx.insert_agent("acme", &new, "k9", NOW).await;
        assert!(matches!(&twice, Err(StoreError::Unique(name)) if name == "agents_tenant_name"), "{twice:?}");
    }

    async fn a_sensor_is_made_by_its_first_batch_and_counted_by_all(db) {
        let batch = |kind: &str, location: Option<&str>, stored, rejected| SensorBatch { name: "edge".into(), kind: kind.into(), location: location.map(Into::into), stored, rejected };
        let mut tx = db.store.begin().await.unwrap();
        tx.sensor_seen("acme", &batch("suricata", Some("dmz"), 10, 1), NOW).await.unwrap();
        tx.sensor_seen("acme", &batch("suricata", None, 5, 2), NOW.plus(MINUTE)).await.unwrap();
        tx.sensor_seen("acme", &batch("zeek", None, 1, 0), NOW).await.unwrap();
        tx.sensor_seen("other", &batch("zeek", None, 7, 0), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let all = db.store.sensors("acme", NOW.plus(6 * MINUTE)).await.unwrap();
        assert_eq!(all.iter().map(|s| (s.kind.as_str(), s.event_count, s.error_count, s.status.as_str())).collect::<Vec<_>>(),
            [("suricata", 15, 3, "healthy"), ("zeek", 1, 0, "degraded")]);
        assert_eq!((all[0].location.as_deref(), all[0].last_seen_at, all[0].created_at), (Some("dmz"), Some(NOW.plus(MINUTE)), NOW));
    }

    async fn a_view_is_ones_own_until_it_is_shared(db) {
        let ana = add_person(&db.store, "acme", "ana@x.org", Role::Analyst).await;
        let bob = add_person(&db.store, "acme", "bob@x.org", Role::Analyst).await;
        let eve = add_person(&db.store, "other", "eve@x.org", Role::Admin).await;
        let view = |name: &str, shared| NewView { page: "alerts".into(), name: name.into(), query: "status=open".into(), shared };
        let mut tx = db.store.begin().await.unwrap();
        let own = tx.insert_view("acme", ana.id, &view("own", false), NOW).await.unwrap();
        let team = tx.insert_view("acme", ana.id, &view("team", true), NOW).await.unwrap();
        assert!(matches!(tx.insert_view("other", ana.id, &view("smuggled", true), NOW).await, Err(StoreError::NotFound)));
        assert!(matches!(tx.delete_view("acme", bob.id, team.id).await, Err(StoreError::NotFound)));
        tx.commit().await.unwrap();
        assert_eq!(own.owner, ana.full_name);
        assert_eq!(db.store.views("acme", ana.id, "alerts").await.unwrap(), [own.clone(), team.clone()]);
        assert_eq!(db.store.views("acme", bob.id, "alerts").await.unwrap(), [team]);
        assert!(db.store.views("acme", ana.id, "events").await.unwrap().is_empty());
        assert!(db.store.views("other", eve.id, "alerts").await.unwrap().is_empty());
        let mut tx = db.store.begin().await.unwrap();
        tx.delete_view("acme", ana.id, own.id).await.unwrap();
        let twice = tx.insert_view("acme", ana.id, &view("team", false), NOW).await;
        assert!(matches!(&twice, Err(StoreError::Unique(name)) if name == "saved_views_owner_id_page_name"), "{twice:?}");
    }
}
