//! Pages of 100 devices, each with its newest message, out of 100,000: through GraphQL, and by one statement.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use connector_service_tests::Stack;
use connector_testkit::Client;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection, Row as _};

use crate::quantile::{millis, quantile};
use crate::row::{Baseline, Row};

const DEVICES: &str = include_str!("devices.sql");
const DOCUMENT: &str = include_str!("page.graphql");
const STATEMENT: &str = include_str!("page.sql");

/// Pages read, one after the other.
const PAGES: usize = 200;
/// And first some that do not count.
const WARM: usize = 20;

/// Fills the database, reads pages, and tells.
pub async fn measure(stack: &Stack) -> anyhow::Result<Row> {
    let mut database = PgConnection::connect(&stack.database().administrator()).await?;
    let filled = sqlx::raw_sql(DEVICES).execute(&mut database).await;
    filled.context("the devices cannot be written")?;
    let mut selected = select(&mut database).await?;
    let mut queried = query(&stack.client().await).await?;
    let [ours, p99] = [0.5, 0.99].map(|share| in_millis(quantile(&mut queried, share)));
    let plain = in_millis(quantile(&mut selected, 0.5));
    Ok(Row {
        what: "page of 100 of 100,000 devices, each with its newest message".to_owned(),
        ours: format!("{}, p99 {}", millis(ours), millis(p99)),
        baseline: Some(Baseline {
            text: format!("one SQL statement: {}", millis(plain)),
            ratio: ours / plain,
        }),
    })
}

async fn query(client: &Client) -> anyhow::Result<Vec<Duration>> {
    let http = reqwest::Client::new();
    let (mut after, mut times) = (Value::Null, Vec::new());
    for _ in 0..WARM + PAGES {
        let began = Instant::now();
        let response = http
            .post(format!("{}/graphql", client.base))
            .bearer_auth(&client.token)
            .json(&json!({"query": DOCUMENT, "variables": {"after": after}}))
            .send()
            .await?;
        let body = response.bytes().await?;
        times.push(began.elapsed());
        let mut answer: Value = serde_json::from_slice(&body)?;
        let page = &mut answer["data"]["connections"];
        let count = page["nodes"].as_array().map_or(0, Vec::len);
        anyhow::ensure!(count == 100, "a page has {count} devices: {answer}");
        after = page["pageInfo"]["endCursor"].take();
    }
    Ok(times.split_off(WARM))
}

async fn select(database: &mut PgConnection) -> anyhow::Result<Vec<Duration>> {
    let (mut after, mut times) = (String::new(), Vec::new());
    for _ in 0..WARM + PAGES {
        let began = Instant::now();
        let rows = sqlx::query(STATEMENT)
            .bind(&after)
            .fetch_all(&mut *database)
            .await?;
        times.push(began.elapsed());
        after = rows
            .last()
            .context("a page is empty")?
            .try_get("client_id")?;
    }
    Ok(times.split_off(WARM))
}

fn in_millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
