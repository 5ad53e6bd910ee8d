//! Every metric with its help text, in the order a message meets them. `docs/metrics.md` says what they add up to; a test
//! holds both, and the alerts and dashboards, to what the code measures.

use self::Kind::{Counter, Gauge, Histogram};

/// What a metric does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

const METRICS: &[(Kind, &str, &str)] = &[
    // From the broker to Kafka.
    (
        Gauge,
        "connector_mqtt_connected",
        "1 while a link to the MQTT broker is up",
    ),
    (
        Counter,
        "connector_mqtt_losses_total",
        "Links to the MQTT broker that ended or could not be made",
    ),
    (
        Gauge,
        "connector_mqtt_holder",
        "1 while this process is the mqtt consumer, 0 while it stands by",
    ),
    (
        Counter,
        "connector_mqtt_holder_losses_total",
        "Times this process stopped being the mqtt consumer, by reason",
    ),
    (
        Gauge,
        "connector_lease_state",
        "1 for the state this process is in: waiting, standby, held or over",
    ),
    (
        Counter,
        "connector_mqtt_dropped_total",
        "Deliveries that the link took and nobody gets: retained ones, repeated ones, and QoS 0 without room",
    ),
    (
        Counter,
        "connector_mqtt_received_total",
        "Messages taken from the broker",
    ),
    (
        Counter,
        "connector_mqtt_received_bytes_total",
        "Bytes of payloads taken from the broker",
    ),
    (
        Counter,
        "connector_mqtt_written_total",
        "Messages that are in an ingress topic and acknowledged to the broker",
    ),
    (
        Counter,
        "connector_mqtt_abandoned_total",
        "Messages taken and not acknowledged when this process stopped consuming: the broker delivers them again",
    ),
    (
        Gauge,
        "connector_mqtt_in_flight",
        "Messages taken from the broker and not acknowledged yet",
    ),
    (
        Gauge,
        "connector_mqtt_in_flight_bytes",
        "Bytes of messages taken from the broker and not acknowledged yet",
    ),
    (
        Gauge,
        "connector_mqtt_oldest_in_flight_timestamp_seconds",
        "When the oldest message in flight was taken from the broker, 0 while there is none",
    ),
    (
        Gauge,
        "connector_mqtt_last_durable_timestamp_seconds",
        "When Kafka last confirmed a message",
    ),
    (
        Histogram,
        "connector_mqtt_append_seconds",
        "Time from taking a message to Kafka's confirmation",
    ),
    (
        Counter,
        "connector_mqtt_append_failures_total",
        "Rounds in which Kafka did not take what devices say",
    ),
    (
        Counter,
        "connector_mqtt_queue_full_total",
        "Times the producer's queue was full, which stops reading from the broker",
    ),
    // From Kafka to the database.
    (
        Gauge,
        "connector_consumer_member",
        "1 while this process is a member of the consumer group",
    ),
    (
        Gauge,
        "connector_consumer_partitions",
        "Partitions that this process has",
    ),
    (
        Counter,
        "connector_consumer_rebalances_total",
        "Times partitions were assigned, revoked, lost or not balanced",
    ),
    (
        Gauge,
        "connector_consumer_lag",
        "Records of a partition of this process that are in Kafka and not taken yet",
    ),
    (
        Gauge,
        "connector_consumer_queued",
        "Records fetched and not taken yet; part of the lag",
    ),
    (
        Gauge,
        "connector_consumer_paused",
        "1 while partitions are paused because the database is behind",
    ),
    (
        Gauge,
        "connector_consumer_last_poll_age_seconds",
        "Time since the consumer last polled Kafka",
    ),
    (
        Counter,
        "connector_kafka_records_total",
        "Records taken from an ingress topic",
    ),
    (
        Counter,
        "connector_kafka_outcomes_total",
        "What became of records taken: applied, replayed, duplicate, outdated, dead-lettered or returned",
    ),
    (
        Gauge,
        "connector_kafka_in_flight",
        "Records taken and not settled yet",
    ),
    (
        Gauge,
        "connector_kafka_oldest_in_flight_timestamp_seconds",
        "When Kafka got the oldest record at hand, 0 while there is none",
    ),
    (
        Gauge,
        "connector_kafka_last_settled_timestamp_seconds",
        "When Kafka got the newest record settled",
    ),
    (
        Gauge,
        "connector_kafka_progress_timestamp_seconds",
        "Everything devices said before this is applied, of a partition",
    ),
    (
        Histogram,
        "connector_kafka_record_age_seconds",
        "Time from receiving a message from its device to having applied it",
    ),
    (
        Histogram,
        "connector_kafka_batch_records",
        "Records of a batch",
    ),
    (
        Histogram,
        "connector_kafka_batch_seconds",
        "Time from taking a batch to having settled it",
    ),
    (
        Histogram,
        "connector_kafka_apply_seconds",
        "Time of a transaction on connection records",
    ),
    (
        Counter,
        "connector_kafka_setbacks_total",
        "Batches that could not be applied and are read again",
    ),
    (
        Counter,
        "connector_connection_records_total",
        "What records of the control topic did to the record of their device",
    ),
    (
        Counter,
        "connector_arrivals_total",
        "Messages from devices, stored or known already",
    ),
    (
        Counter,
        "connector_status_defects_total",
        "Fields of connection-status messages that could not be used",
    ),
    (
        Counter,
        "connector_dead_letters_total",
        "Messages and records that went to the dead-letter topic, by reason",
    ),
    // From the database to subscribers.
    (
        Counter,
        "connector_events_stored_total",
        "Changes committed to the database, to be told on a topic",
    ),
    (
        Counter,
        "connector_events_told_total",
        "Changes told on a topic and marked so",
    ),
    (
        Gauge,
        "connector_events_untold",
        "Changes of the batch at hand that are not told yet",
    ),
    (
        Counter,
        "connector_records_left_out_total",
        "Records of ours that Kafka will never take, by topic",
    ),
    (
        Counter,
        "connector_kafka_errors_total",
        "Errors of Kafka clients, most of which mend themselves",
    ),
    (
        Counter,
        "connector_kafka_renewals_total",
        "Changed certificates towards Kafka that were tried, by client and whether they are used",
    ),
    // Messages to devices, and the API.
    (
        Counter,
        "connector_messages_published_total",
        "Messages published to devices, by what the broker said",
    ),
    (
        Counter,
        "connector_message_jobs_total",
        "Messages that jobs picked up, by job",
    ),
    (Gauge, "connector_websockets", "Open WebSockets"),
    (
        Gauge,
        "connector_live_streams",
        "Running subscriptions, by kind",
    ),
    (
        Counter,
        "connector_authentications_total",
        "Requests by how the caller proved who it is, and with what outcome",
    ),
    (
        Counter,
        "connector_refusals_total",
        "Requests refused because of a limit",
    ),
    // Whose devices are.
    (
        Counter,
        "connector_tenant_lookups_total",
        "Lookups of tenants, by outcome and where the answer came from",
    ),
    (
        Histogram,
        "connector_tenant_request_seconds",
        "Time of a request to the tenant gateway",
    ),
    (
        Gauge,
        "connector_tenant_cache_entries",
        "Answers of the tenant gateway that are kept",
    ),
    (
        Gauge,
        "connector_tenant_unknown_ratio",
        "Share of lookups that the tenant gateway does not know",
    ),
    (
        Gauge,
        "connector_tenant_breaker_state",
        "Breaker of the tenant gateway: 0 closed, 1 half open, 2 open",
    ),
    (
        Counter,
        "connector_tenant_retries_total",
        "Devices without a tenant, or with one in doubt, that were looked up again",
    ),
    (
        Counter,
        "connector_tenant_changes_total",
        "Devices that got a tenant, moved to another, or lost theirs",
    ),
    // The embedded broker of all-in-one.
    (
        Counter,
        "mqtt_broker_dropped_total",
        "Messages that the embedded broker dropped because a queue was full",
    ),
];

/// Gives every metric its help text.
pub(super) fn describe() {
    for (kind, name, help) in METRICS {
        match kind {
            Counter => metrics::describe_counter!(*name, *help),
            Gauge => metrics::describe_gauge!(*name, *help),
            Histogram => metrics::describe_histogram!(*name, *help),
        }
    }
}

#[cfg(test)]
mod tests;
