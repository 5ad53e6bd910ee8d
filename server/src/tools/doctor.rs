//! `cloud-connector doctor`: looks at everything the platform depends on, and says what to do about it.

mod keys;

use std::sync::Arc;
use std::time::Duration;

use connector_domain::clock::System;
use connector_domain::id::ClientId;
use connector_domain::tenant::TenantLookup;
use connector_tenancy::{Fault, GatewayDirectory, GatewaySettings, Source};
use connector_transport::kafka;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::compose::{Endpoints, migrate_command, open_existing_store, tenancy_settings};
use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(5);

/// What was found of one thing.
struct Finding {
    what: &'static str,
    found: Result<String, Remedy>,
}

/// What is wrong, and what to do.
struct Remedy {
    problem: String,
    remedy: String,
}

impl Remedy {
    fn new(problem: impl std::fmt::Display, remedy: impl Into<String>) -> Self {
        Self {
            problem: problem.to_string(),
            remedy: remedy.into(),
        }
    }
}

/// Runs the command: a line per thing; fails when one is wrong.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let findings = [
        Finding {
            what: "database",
            found: database(config).await,
        },
        Finding {
            what: "keys",
            found: keys::token_keys(config),
        },
        Finding {
            what: "issuer's keys",
            found: keys::issued_keys(config).await,
        },
        Finding {
            what: "services' keys",
            found: keys::service_keys(config),
        },
        Finding {
            what: "tenancy",
            found: tenancy(config).await,
        },
        Finding {
            what: "kafka",
            found: kafka_topics(config).await,
        },
        Finding {
            what: "mqtt",
            found: broker(config).await,
        },
        Finding {
            what: "http port",
            found: port(&config.http.address, config.http.port, "http.port").await,
        },
        Finding {
            what: "management port",
            found: port(
                &config.management.address,
                config.management.port,
                "management.port",
            )
            .await,
        },
    ];
    let mut wrong = 0;
    for Finding { what, found } in &findings {
        match found {
            Ok(good) => println!("ok    {what:<16} {good}"),
            Err(Remedy { problem, remedy }) => {
                wrong += 1;
                println!("wrong {what:<16} {problem}\n      {:<16} → {remedy}", "");
            }
        }
    }
    if wrong == 0 {
        Ok(())
    } else {
        anyhow::bail!("{wrong} of {} things are wrong", findings.len())
    }
}

async fn database(config: &Config) -> Result<String, Remedy> {
    let open = "check database.url, that the server runs, and the rights there";
    let store = match open_existing_store(config, "doctor").await {
        Ok(Some(store)) => store,
        // All-in-one migrates by itself.
        Ok(None) if config.kafka.brokers.is_empty() => {
            return Ok("not there yet; all-in-one makes it at its first start".to_owned());
        }
        Ok(None) => return Err(Remedy::new("not there yet", migrate(config))),
        Err(error) => return Err(Remedy::new(format!("{error:#}"), open)),
    };
    let (title, pending) = (store.title(), store.pending_migrations().await);
    let wall = match store.is_walled() {
        Some(true) => "; row-level security binds this login",
        Some(false) => "; this login sees the rows of every tenant, as no API server should",
        None => "",
    };
    store.close().await;
    match pending.map_err(|error| Remedy::new(format!("{error:#}"), open))? {
        pending if pending.is_empty() => Ok(format!("{title}: answers, up to date{wall}")),
        pending => Err(Remedy::new(
            format!("{title}: behind by {} migrations", pending.len()),
            migrate(config),
        )),
    }
}

fn migrate(config: &Config) -> String {
    format!("run {}", migrate_command(config))
}

async fn tenancy(config: &Config) -> Result<String, Remedy> {
    let mend = "mend [tenancy] and the files that it names";
    let settings = tenancy_settings(&config.tenancy).map_err(|error| Remedy::new(error, mend))?;
    let asked = match settings.source.clone() {
        Source::Gateway(gateway) => return gateway_answers(*gateway).await,
        Source::File(path) => format!("by {}", path.display()),
        Source::Default => format!("every device belongs to {}", settings.default.org_id),
    };
    match settings.open(Arc::new(System), Arc::new(System)) {
        Ok(_) => Ok(asked),
        Err(error) => Err(Remedy::new(error, mend)),
    }
}

/// Asks about a device that should not exist. To the breaker and the cache of the consumers it makes no difference.
async fn gateway_answers(settings: GatewaySettings) -> Result<String, Remedy> {
    let url = settings.endpoint.url.clone();
    let gateway =
        GatewayDirectory::open(settings, Arc::new(System), Arc::new(System)).map_err(|error| {
            Remedy::new(error, "mend [tenancy.gateway] and the files that it names")
        })?;
    let nobody = ClientId::parse("cloud-connector-doctor")
        .map_err(|error| Remedy::new(error, "this is a defect of doctor"))?;
    match gateway.ask(&nobody).await {
        Ok(TenantLookup::Known(_)) => Ok(format!("{url} answers, and knows even `{nobody}`")),
        Ok(_) => Ok(format!(
            "{url} answers, and does not know `{nobody}`, as it should"
        )),
        Err(error @ Fault::Refused(_)) => Err(Remedy::new(
            error,
            "have the gateway accept the certificate of tenancy.gateway.certificate_file",
        )),
        Err(error) => Err(Remedy::new(
            error,
            "check tenancy.gateway.url, ca_file and the network; docs/tenancy.md says what it must answer",
        )),
    }
}

async fn kafka_topics(config: &Config) -> Result<String, Remedy> {
    if config.kafka.brokers.is_empty() {
        return Ok("embedded".to_owned());
    }
    let endpoints = Endpoints::configured(config)
        .map_err(|error| Remedy::new(format!("{error:#}"), "mend the settings"))?;
    let topics = &config.kafka.topics;
    let wanted: Vec<&str> = topics
        .all()
        .into_iter()
        .chain([topics.lease.as_str()])
        .collect();
    match kafka::verify_topics(&endpoints.kafka, &wanted).await {
        Ok(topics) => Ok(format!("answers, {} topics", topics.len())),
        Err(error) => Err(Remedy::new(
            error,
            "check kafka.brokers, create the topics, or name others in [kafka.topics]",
        )),
    }
}

async fn broker(config: &Config) -> Result<String, Remedy> {
    let mqtt = &config.mqtt;
    if mqtt.url.is_empty() {
        return port(&mqtt.listen_address, mqtt.listen_port, "mqtt.listen_port")
            .await
            .map(|free| format!("embedded; {free}"));
    }
    let url = url::Url::parse(&mqtt.url)
        .map_err(|error| Remedy::new(error, "set mqtt.url, e.g. \"mqtts://broker:8884\""))?;
    let host = url.host_str().unwrap_or_default();
    let port = url
        .port()
        .unwrap_or(if matches!(url.scheme(), "mqtts" | "wss") {
            8883
        } else {
            1883
        });
    match timeout(PATIENCE, TcpStream::connect((host, port))).await {
        Ok(Ok(_)) => Ok(format!("{host}:{port} takes connections")),
        Ok(Err(error)) => Err(Remedy::new(
            error,
            "check mqtt.url and that the broker runs",
        )),
        Err(_) => Err(Remedy::new(
            format!("{host}:{port} does not answer"),
            "check mqtt.url and the network",
        )),
    }
}

/// A port is free, or taken by a role that runs, which a look from outside cannot tell apart.
async fn port(address: &str, port: u16, setting: &'static str) -> Result<String, Remedy> {
    match TcpListener::bind((address, port)).await {
        Ok(_) => Ok(format!("{address}:{port} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Ok(format!(
            "{address}:{port} is in use; if not by this platform, set {setting}"
        )),
        Err(error) => Err(Remedy::new(error, format!("set {setting} or its address"))),
    }
}
