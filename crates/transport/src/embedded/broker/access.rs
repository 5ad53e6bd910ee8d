//! Who may connect under which client id, and which topics each may use. Pure rules;
//! [`hooks`](super::hooks) asks them.

use super::BrokerOptions;
use super::listener::Party;

/// Where devices' messages go and come from, below their client id.
const FROM_DEVICE: [&str; 2] = ["control/out", "data/out"];
const TO_DEVICE: [&str; 2] = ["control/in", "data/in"];

/// The rules of one broker.
///
/// Client ids fall into two namespaces that cannot meet: a service's are its name and its name
/// followed by `-` and an instance; all others are devices'.
#[derive(Debug)]
pub(super) struct AccessRules {
    topic_prefix: String,
    service_names: Vec<String>,
}

/// Why a client is not let in; for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("its certificate has no usable common name")]
    BadCommonName,
    #[error("its client id is not the one its certificate allows")]
    OtherClientId,
    #[error("its name is reserved for services")]
    ReservedName,
    #[error("its certificate does not name a service")]
    UnknownService,
    #[error("its client id is blocked")]
    Blocked,
    #[error("its last will is for a topic it may not publish to")]
    ForeignWill,
}

impl AccessRules {
    pub(super) fn new(options: &BrokerOptions) -> Self {
        Self {
            topic_prefix: options.topic_prefix.clone(),
            service_names: options.service_names.clone(),
        }
    }

    /// May the holder of a certificate with this common name connect as `client_id`?
    ///
    /// A device: only as its common name. A service: as its common name, or as its common name,
    /// `-`, and whatever tells its instances apart (for example the host's name).
    pub(super) fn connect(
        &self,
        party: Party,
        common_name: &str,
        client_id: &str,
    ) -> Result<(), Refusal> {
        if !is_one_level(common_name) || !is_one_level(client_id) {
            return Err(Refusal::BadCommonName);
        }
        match party {
            Party::Device
                if self
                    .service_names
                    .iter()
                    .any(|service| is_instance(service, common_name)) =>
            {
                Err(Refusal::ReservedName)
            }
            Party::Device if client_id != common_name => Err(Refusal::OtherClientId),
            Party::Service
                if !self
                    .service_names
                    .iter()
                    .any(|service| service == common_name) =>
            {
                Err(Refusal::UnknownService)
            }
            Party::Service if !is_instance(common_name, client_id) => Err(Refusal::OtherClientId),
            Party::Device | Party::Service => Ok(()),
        }
    }

    /// May this client publish to `topic`? A device: to `control/out` and `data/out` under its own
    /// id. A service: to `control/in` and `data/in` of any one device.
    pub(super) fn may_publish(&self, party: Party, client_id: &str, topic: &str) -> bool {
        match (party, self.split(topic)) {
            (Party::Device, Some((owner, rest))) => {
                owner == client_id && FROM_DEVICE.contains(&rest)
            }
            (Party::Service, Some((owner, rest))) => {
                is_one_level(owner) && TO_DEVICE.contains(&rest)
            }
            (_, None) => false,
        }
    }

    /// May this client subscribe to `filter`? A device: to exactly `control/in` and `data/in` under
    /// its own id. A service: to `control/out` and `data/out` of all devices (`+`) or of one.
    pub(super) fn may_subscribe(&self, party: Party, client_id: &str, filter: &str) -> bool {
        match (party, self.split(filter)) {
            (Party::Device, Some((owner, rest))) => owner == client_id && TO_DEVICE.contains(&rest),
            (Party::Service, Some((owner, rest))) => {
                (owner == "+" || is_one_level(owner)) && FROM_DEVICE.contains(&rest)
            }
            (_, None) => false,
        }
    }

    /// Splits `<prefix>/<owner>/<rest>`.
    fn split<'a>(&self, topic: &'a str) -> Option<(&'a str, &'a str)> {
        topic
            .strip_prefix(self.topic_prefix.as_str())?
            .strip_prefix('/')?
            .split_once('/')
    }
}

/// Can this be a client id, that is one level of a topic that no wildcard and no system topic looks
/// like?
fn is_one_level(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('$') && !name.contains(['+', '#', '/', '\0'])
}

fn is_instance(service: &str, client_id: &str) -> bool {
    match client_id.strip_prefix(service) {
        Some("") => true,
        Some(instance) => instance.len() > 1 && instance.starts_with('-'),
        None => false,
    }
}

#[cfg(test)]
mod tests;
