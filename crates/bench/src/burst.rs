//! A burst of what devices say: how fast it gets through.

use std::time::Duration;

use connector_domain::clock::{Clock as _, System};
use connector_service_tests::Stack;
use sqlx::{Connection as _, PgConnection};
use tokio::time::{Instant, sleep};

use crate::load_test;
use crate::row::{Baseline, Row};

/// Faster than anything behind the broker, for as long as the whole run stays bounded.
pub const ARGUMENTS: &str = "--devices 200 --rate 20000 --duration 4s";
/// How long the burst may take to arrive.
pub const LIMIT: Duration = Duration::from_secs(90);
const LOOK: Duration = Duration::from_millis(250);

/// How fast a burst got through.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Messages.
    pub said: u64,
    /// From the first to the arrival of the last.
    pub took: Duration,
}

impl Rate {
    fn per_second(self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
        let said = self.said as f64;
        said / self.took.as_secs_f64()
    }
}

/// The burst through Mosquitto, the mqtt consumer, Kafka and the kafka consumers, until it is in PostgreSQL.
pub async fn measure(stack: &Stack, bridged: Rate) -> anyhow::Result<Row> {
    let mut database = PgConnection::connect(&stack.database_url()).await?;
    let report = load_test::run(&stack.services, None, ARGUMENTS).await?;
    let data = report.count("dataAcknowledged")?;
    let deadline = Instant::now() + LIMIT;
    while stored(&mut database).await? < data {
        anyhow::ensure!(
            Instant::now() < deadline,
            "not everything is stored within {LIMIT:?}"
        );
        sleep(LOOK).await;
    }
    let stored = Rate {
        said: report.count("said")?,
        took: System.now().since(report.began()?),
    };
    Ok(Row {
        what: format!(
            "{} messages at once, until all are in PostgreSQL",
            stored.said
        ),
        ours: format!("{:.0}/s", stored.per_second()),
        baseline: Some(Baseline {
            text: format!(
                "`mosquitto_sub \\| kcat`, until {} are in Kafka: {:.0}/s",
                bridged.said,
                bridged.per_second()
            ),
            ratio: stored.per_second() / bridged.per_second(),
        }),
    })
}

/// Data messages of the burst's devices.
async fn stored(database: &mut PgConnection) -> anyhow::Result<u64> {
    let count = "SELECT count(*) FROM messages WHERE client_id >= 'load-' AND client_id < 'load.'";
    let count: i64 = sqlx::query_scalar(count).fetch_one(database).await?;
    Ok(u64::try_from(count)?)
}
