//! Opaque global ids: derived from what names an object everywhere, never from a serial.

use async_graphql::ID;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connector_domain::id::{ClientId, MessageId, MessageKey, OrgId};
use uuid::Uuid;

/// What a global id names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NodeId {
    Connection(ClientId),
    Account(OrgId),
    Message(MessageKey),
}

impl NodeId {
    /// `None` for anything this crate did not write.
    pub fn parse(id: &ID) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(id.as_bytes()).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (kind, key) = text.split_once(':')?;
        match kind {
            "CS" => Some(Self::Connection(ClientId::parse(key).ok()?)),
            "AC" => Some(Self::Account(OrgId::parse(key).ok()?)),
            "MS" => {
                let (client_id, message_id) = key.rsplit_once('/')?;
                Some(Self::Message(MessageKey {
                    client_id: ClientId::parse(client_id).ok()?,
                    message_id: MessageId::from(Uuid::parse_str(message_id).ok()?),
                }))
            }
            _ => None,
        }
    }
}

impl From<NodeId> for ID {
    fn from(node: NodeId) -> Self {
        let text = match node {
            NodeId::Connection(client_id) => format!("CS:{client_id}"),
            NodeId::Account(org_id) => format!("AC:{org_id}"),
            NodeId::Message(key) => format!("MS:{}/{}", key.client_id, key.message_id),
        };
        Self(URL_SAFE_NO_PAD.encode(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_back_as_what_it_names_and_garbage_names_nothing() {
        let key = MessageKey {
            client_id: ClientId::parse("a:b").expect("valid"),
            message_id: MessageId::from(Uuid::from_u128(7)),
        };
        let id = ID::from(NodeId::Message(key.clone()));
        assert_eq!(NodeId::parse(&id), Some(NodeId::Message(key)));
        for garbage in ["", "%%%", "Q1M6", "Q1M6YS9i", "Wlo6YQ"] {
            assert_eq!(NodeId::parse(&ID::from(garbage)), None, "{garbage}");
        }
    }
}
