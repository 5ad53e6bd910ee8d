//! `api-server`: GraphQL over HTTP, WebSocket and SSE. The job that picks up what crashed senders left runs in it too.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use connector_domain::clock::{Clock, IdSource, System};
use connector_domain::port::{
    ConnectionReader, DevicePublisher, MessageReader, MessageSender, RecordLog,
};
use connector_domain::wire::TopicPrefix;
use connector_outbox::Outbox;
use connector_schema::live::{self, LiveEvents};
use connector_schema::{ConnectorSchema, CursorKey, Limits, ServerFacts};
use connector_transport::kafka;
use connector_transport::mqtt::{Publisher, PublisherOptions};

use super::jobs;
use super::process::{lifecycle_of, start_management, until_stopped};
use super::watchdog::watch_producer;
use crate::auth::{TokenKeys, cursor_secret, set_up};
use crate::cli::WrongUsage;
use crate::compose::{
    BrokerCheck, DatabaseCheck, Endpoints, EventsCheck, KeysCheck, LogCheck, MqttRole, Store,
    await_kafka, open_migrated_store,
};
use crate::config::Config;
use crate::http::{CallerOptions, Callers, Check, Edge, EdgeOptions, Listener, router};
use crate::lifecycle::{Lifecycle, Stage};

/// Said by a server of its own that nobody could call.
const NO_KEY: &str = "there is no key to check tokens with: set auth.verification_key_file, auth.jwks or auth.signing_key_file. \
                      For development, `cloud-connector token` makes a key in the data directory";

/// Runs the role alone. It makes no key of its own: another server would not know it, and nobody would have asked for it.
pub async fn run(config: Config) -> anyhow::Result<()> {
    if TokenKeys::are_made_by_loading(&config) && !lets_others_in(&config) {
        return Err(WrongUsage(NO_KEY.to_owned()).into());
    }
    let lifecycle = lifecycle_of(&config);
    let endpoints = Endpoints::configured(&config)?;
    let topics = &config.kafka.topics;
    let read = [
        topics.connection_events.as_str(),
        topics.message_events.as_str(),
    ];
    await_kafka(&config, &endpoints, &read).await?;
    let store = open_migrated_store(&config, "api-server").await?;
    if store.is_walled() == Some(false) {
        tracing::warn!(
            "this login sees the rows of every tenant: log in to the database as a role of connector_api, \
             which row-level security binds (migrations/roles/postgres.sql)"
        );
    }
    let listener = listen(&config).await?;
    let address = listener.address();
    let checks = start(&config, &endpoints, &store, listener, &lifecycle).await?;
    start_management(&config, &lifecycle, checks).await?;
    tracing::info!(role = "api-server", %address, "ready to serve");
    let outcome = until_stopped(&lifecycle).await;
    store.close().await;
    outcome
}

/// Whether callers need no token.
fn lets_others_in(config: &Config) -> bool {
    config.auth.identity.enabled || !config.auth.psk.file.is_empty()
}

/// Listens on the API's port; nothing is served yet.
pub async fn listen(config: &Config) -> anyhow::Result<Listener> {
    let http = &config.http;
    let listener = Listener::bind(&http.address, http.port, "http.port").await?;
    Ok(listener.at_most(http.max_connections))
}

/// Starts the role on a listener.
pub async fn start(
    config: &Config,
    endpoints: &Endpoints,
    store: &Store,
    listener: Listener,
    lifecycle: &Lifecycle,
) -> anyhow::Result<Vec<Arc<dyn Check>>> {
    let producer = Arc::new(kafka::Producer::connect(
        &endpoints.kafka,
        kafka::ProducerOptions::default(),
    )?);
    watch_producer(producer.clone(), lifecycle);
    let log: Arc<dyn RecordLog> = producer;
    let outbox = outbox(config, endpoints, store, log.clone(), lifecycle)?;
    let live = live_events(config, endpoints, lifecycle).await?;
    let schema = schema(config, store, outbox.clone(), live.clone())?;
    jobs::spawn(store, outbox.clone(), lifecycle);
    let keys = serve(config, schema, store.clone(), listener, lifecycle)?;
    Ok(vec![
        Arc::new(keys),
        Arc::new(DatabaseCheck(store.clone())),
        Arc::new(LogCheck(log)),
        Arc::new(BrokerCheck(move || outbox.is_connected())),
        Arc::new(EventsCheck(move || live.is_ready())),
    ])
}

/// The way of messages to devices. What was accepted is sent before the links go.
pub(super) fn outbox(
    config: &Config,
    endpoints: &Endpoints,
    store: &Store,
    log: Arc<dyn RecordLog>,
    lifecycle: &Lifecycle,
) -> anyhow::Result<Outbox> {
    let publisher: Arc<dyn DevicePublisher> = Arc::new(Publisher::start(
        &endpoints.mqtt(config, MqttRole::Publisher)?,
        &PublisherOptions::default(),
        &lifecycle.tasks_of(Stage::Links),
        &lifecycle.stop_of(Stage::Links),
    )?);
    let messages: Arc<dyn MessageSender> = store.clone();
    let outbox = Outbox::new(
        connector_outbox::Options {
            topic_prefix: TopicPrefix::parse(config.mqtt.topic_prefix.as_str())?,
            events_topic: config.kafka.topics.message_events.clone(),
            confirmation_wait: Duration::from_secs(config.mqtt.confirmation_wait_seconds),
        },
        connector_outbox::Ports {
            messages,
            audit: store.clone(),
            blocks: store.clone(),
            blocking: store.clone(),
            publisher,
            log,
            clock: Arc::new(System),
        },
    );
    let (closing, stop) = (outbox.clone(), lifecycle.stop_of(Stage::Work));
    lifecycle.spawn(Stage::Work, "outbox", async move {
        stop.cancelled().await;
        closing.close().await;
        Ok(())
    });
    Ok(outbox)
}

async fn live_events(
    config: &Config,
    endpoints: &Endpoints,
    lifecycle: &Lifecycle,
) -> anyhow::Result<LiveEvents> {
    let topics = &config.kafka.topics;
    let read = [
        topics.connection_events.clone(),
        topics.message_events.clone(),
    ];
    let tail = kafka::Tail::open(
        &endpoints.kafka,
        &read,
        endpoints.tail_start,
        endpoints.log_id.clone(),
    )
    .await
    .context("the events topics cannot be read")?;
    let options = live::Options {
        ring_bytes: config.limits.event_ring_bytes,
        ring_age: Duration::from_secs(config.limits.event_ring_seconds),
        ..live::Options::default()
    };
    let live = LiveEvents::new(options, Arc::new(System));
    let tail = Arc::new(tail);
    let (pump, stop) = (live.clone(), lifecycle.stop_of(Stage::Links));
    lifecycle.spawn(Stage::Links, "live events", async move {
        let ended = pump.run(tail.clone(), stop.cancelled_owned()).await;
        tail.close().await;
        ended.context("the events topics cannot be followed")
    });
    Ok(live)
}

fn schema(
    config: &Config,
    store: &Store,
    outbox: Outbox,
    live: LiveEvents,
) -> anyhow::Result<ConnectorSchema> {
    let (connections, messages): (Arc<dyn ConnectionReader>, Arc<dyn MessageReader>) =
        (store.clone(), store.clone());
    let limits = &config.limits;
    let ports = connector_schema::Ports {
        connections,
        messages,
        audit: store.clone(),
        blocks: store.clone(),
        outbox,
        live,
        clock: Arc::new(System),
        ids: Arc::new(System),
        cursor_key: CursorKey::new(cursor_secret(config)?),
        server: ServerFacts {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            revision: option_env!("CONNECTOR_REVISION").map(str::to_owned),
            started_at: System.now(),
        },
    };
    let options = connector_schema::Options {
        limits: Limits {
            depth: limits.max_depth,
            complexity: limits.max_complexity,
            subscriptions_per_socket: u16::try_from(limits.max_subscriptions_per_socket)?,
            message_bytes: limits.max_message_bytes,
            message_ttl_seconds: limits.max_message_ttl_seconds,
            ..Limits::default()
        },
        introspection: limits.introspection,
        ..connector_schema::Options::default()
    };
    Ok(connector_schema::build(ports, options))
}

fn serve(
    config: &Config,
    schema: ConnectorSchema,
    connections: Arc<dyn ConnectionReader>,
    listener: Listener,
    lifecycle: &Lifecycle,
) -> anyhow::Result<KeysCheck> {
    let (clock, ids): (Arc<dyn Clock>, Arc<dyn IdSource>) = (Arc::new(System), Arc::new(System));
    let (authenticator, keeper) = set_up(config, connections, clock.clone())?;
    let check = KeysCheck(authenticator.clone());
    let keeping = keeper.run(lifecycle.stop_of(Stage::Intake));
    lifecycle.spawn(Stage::Intake, "key reload", async move {
        keeping.await;
        Ok(())
    });
    let stop = lifecycle.stop_of(Stage::Intake);
    let http = &config.http;
    let routes = router(Edge {
        schema,
        authenticator,
        callers: Arc::new(Callers::new(caller_options(&config.limits))),
        options: Arc::new(EdgeOptions {
            max_body_bytes: http.max_body_bytes,
            operation_timeout: Duration::from_secs(http.operation_timeout_seconds),
            allowed_origins: http.allowed_origins.clone(),
            max_operations_per_socket: config.limits.max_subscriptions_per_socket,
            ui_dir: (!http.ui_dir.is_empty()).then(|| http.ui_dir.clone().into()),
        }),
        clock,
        ids,
        stop: stop.clone(),
    });
    lifecycle.spawn(Stage::Intake, "http server", async move {
        listener.serve(routes, stop).await.context("http server")
    });
    Ok(check)
}

fn caller_options(limits: &crate::config::Limits) -> CallerOptions {
    CallerOptions {
        requests_per_second: limits.max_requests_per_second,
        request_burst: limits.max_request_burst,
        operations: limits.max_concurrent_operations,
        streams: limits.max_streams_per_caller,
    }
}

/// The real address of a listener as people type it.
pub fn url_of(address: SocketAddr) -> String {
    format!("http://{address}")
}
