//! What to do about an error of librdkafka: try again, or call an operator.

use connector_domain::port::{AppendError, LogError};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

/// The error of a client.
pub(super) fn log_error(error: &KafkaError) -> LogError {
    let needs_an_operator = match error {
        KafkaError::ClientConfig(..)
        | KafkaError::ClientCreation(_)
        | KafkaError::MessageConsumptionFatal(_)
        | KafkaError::Nul(_) => true,
        _ => error.rdkafka_error_code().is_some_and(is_refusal),
    };
    if needs_an_operator {
        LogError::Refused(error.to_string())
    } else {
        LogError::Unavailable(error.to_string())
    }
}

/// The error of one record.
pub(super) fn append_error(error: &KafkaError) -> AppendError {
    match error.rdkafka_error_code() {
        Some(RDKafkaErrorCode::MessageSizeTooLarge | RDKafkaErrorCode::InvalidMessageSize) => {
            AppendError::TooLarge
        }
        _ => AppendError::Unavailable(error.to_string()),
    }
}

fn is_refusal(code: RDKafkaErrorCode) -> bool {
    matches!(
        code,
        RDKafkaErrorCode::Fatal
            | RDKafkaErrorCode::Authentication
            | RDKafkaErrorCode::SaslAuthenticationFailed
            | RDKafkaErrorCode::TopicAuthorizationFailed
            | RDKafkaErrorCode::GroupAuthorizationFailed
            | RDKafkaErrorCode::ClusterAuthorizationFailed
            | RDKafkaErrorCode::UnknownTopicOrPartition
            | RDKafkaErrorCode::UnknownTopic
            | RDKafkaErrorCode::InconsistentGroupProtocol
            | RDKafkaErrorCode::Fenced
            | RDKafkaErrorCode::FencedInstanceId
    )
}
