//! Saved views: seen by their owner and, when shared, by the tenant; removed by their owner alone.
use crate::{
    Result, Store, Tx,
    base::{row::Cols, sql::sql, val::args},
};
use model::{
    Micros,
    view::{NewView, SavedView},
};

macro_rules! view_columns {
    () => {
        "v.id, v.page, v.name, v.query, v.shared, v.owner_id, u.full_name AS owner, v.created_at FROM saved_views v \
         JOIN users u ON u.id = v.owner_id"
    };
}

fn view(r: &dyn Cols) -> Result<SavedView> {
    Ok(SavedView {
        id: r.int("id")?,
        page: r.text("page")?,
        name: r.text("name")?,
        query: r.text("query")?,
        shared: r.flag("shared")?,
        owner_id: r.int("owner_id")?,
        owner: r.text("owner")?,
        created_at: r.time("created_at")?,
    })
}

impl Store {
    /// Views of a page that the person may use, by name.
    pub async fn views(&self, tenant: &str, user_id: i64, page: &str) -> Result<Vec<SavedView>> {
        let sql = sql!(
            "SELECT ",
            view_columns!(),
            " WHERE v.tenant = $1 AND v.page = $3 AND (v.shared OR v.owner_id = $2) ORDER BY v.name, v.id"
        );
        self.main.read().all(sql, args![tenant, user_id, page], view).await
    }
}

impl Tx {
    /// # Errors
    /// `Unique("saved_views_owner_id_page_name")`; `NotFound` when the owner is not of this tenant.
    pub async fn insert_view(
        &mut self,
        tenant: &str,
        owner_id: i64,
        new: &NewView,
        now: Micros,
    ) -> Result<SavedView> {
        let sql = sql!(
            "INSERT INTO saved_views (tenant, page, name, query, shared, owner_id, created_at) \
             SELECT u.tenant, $3, $4, $5, CAST($6 AS BOOLEAN), u.id, CAST($7 AS BIGINT) FROM users u WHERE u.tenant = $1 AND u.id = $2 RETURNING id"
        );
        let values = args![tenant, owner_id, &new.page, &new.name, &new.query, new.shared, now];
        let id = self.on().one(sql, values, |r| r.int("id")).await?;
        let back = sql!("SELECT ", view_columns!(), " WHERE v.tenant = $1 AND v.id = $2");
        self.on().one(back, args![tenant, id], view).await
    }

    /// # Errors
    /// `NotFound` also for a view of somebody else.
    pub async fn delete_view(&mut self, tenant: &str, owner_id: i64, id: i64) -> Result<()> {
        self.changes_one(
            sql!("DELETE FROM saved_views WHERE tenant = $1 AND owner_id = $2 AND id = $3"),
            args![tenant, owner_id, id],
        )
        .await
    }
}
