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
    use proptest::prelude::*;

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

    fn client_id() -> impl Strategy<Value = ClientId> {
        any::<String>().prop_filter_map("no client id", |text| ClientId::parse(text).ok())
    }

    fn anything() -> impl Strategy<Value = NodeId> {
        let org_id =
            any::<String>().prop_filter_map("no organisation", |text| OrgId::parse(text).ok());
        let message = (client_id(), any::<u128>()).prop_map(|(client_id, id)| MessageKey {
            client_id,
            message_id: MessageId::from(Uuid::from_u128(id)),
        });
        prop_oneof![
            client_id().prop_map(NodeId::Connection),
            org_id.prop_map(NodeId::Account),
            message.prop_map(NodeId::Message),
        ]
    }

    proptest! {
        #[test]
        fn what_has_an_id_is_named_by_it(key in anything(), again in anything()) {
            // One side is read back from the text that the other was written to.
            let name = |key: &NodeId| format!("{key:?}");
            let (wanted, other) = (name(&key), name(&again));
            let (id, other_id) = (ID::from(key), ID::from(again));
            prop_assert_eq!(NodeId::parse(&id).as_ref().map(name), Some(wanted.clone()));
            prop_assert_eq!(id == other_id, wanted == other);
        }

        #[test]
        fn any_text_names_one_thing_or_nothing(
            text in any::<String>(),
            kind in prop_oneof![Just("CS:"), Just("AC:"), Just("MS:"), Just("")],
            rest in any::<Vec<u8>>(),
        ) {
            let written = [kind.as_bytes(), &rest].concat();
            for text in [text, URL_SAFE_NO_PAD.encode(written)] {
                if let Some(named) = NodeId::parse(&ID::from(text)) {
                    let name = format!("{named:?}");
                    let again = NodeId::parse(&ID::from(named)).map(|named| format!("{named:?}"));
                    prop_assert_eq!(again, Some(name));
                }
            }
        }
    }
}
