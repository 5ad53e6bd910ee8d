//! Asks the same of both worlds: A's answers may not differ, and hold nothing of B.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connector_domain::caller::Caller;
use serde_json::Value;

use super::document::Document;
use super::names::Names;
use super::party::{B, B_UUIDS, NOBODYS, SECRET};
use super::tenants::{Beside, Tenants};
use crate::world::everyone;

/// A beside B, and A alone.
pub struct Pair {
    pub beside: Tenants,
    pub alone: Tenants,
    pub a: Names,
    pub b: Names,
    /// Ids that nothing but B's things have.
    ids: HashSet<String>,
}

impl Pair {
    pub async fn arrange() -> Self {
        let beside = Tenants::arrange(Beside::B).await;
        let alone = Tenants::arrange(Beside::Nobody).await;
        let (a, b) = (Names::of_a(&beside), Names::of_b(&beside));
        assert_eq!(
            a.messages, alone.of_a,
            "the same happens to A in both worlds"
        );
        Self {
            ids: b.ids().collect(),
            beside,
            alone,
            a,
            b,
        }
    }

    /// Asks as a caller of A in both worlds: neither the answer nor its cost tells them apart, and nothing of B is in it.
    pub async fn ask(&self, who: &str, caller: &Caller, document: &Document) -> Value {
        let (with_b, taken_with_b) = ask(&self.beside, caller, document).await;
        let (without, taken_without) = ask(&self.alone, caller, document).await;
        let context = || format!("{who}: {} with {}", document.text, document.variables);
        assert_eq!(with_b, without, "B shows: {}", context());
        assert_eq!(taken_with_b, taken_without, "B costs: {}", context());
        self.holds_nothing_of_b(&with_b, &context());
        with_b
    }

    /// The same for what A does to its own, where A itself may say an id that B has, and where events are told meanwhile.
    pub async fn same(&self, caller: &Caller, document: &Document) -> Value {
        let (with_b, _) = ask(&self.beside, caller, document).await;
        let (without, _) = ask(&self.alone, caller, document).await;
        assert_eq!(
            with_b, without,
            "B shows: {} with {}",
            document.text, document.variables
        );
        with_b
    }

    /// Asks as B where B lives.
    pub async fn ask_b(&self, document: &Document) -> Value {
        self.ask_beside(&B.numbered_caller(), document).await
    }

    /// Asks as somebody who sees every tenant.
    pub async fn ask_everyone(&self, document: &Document) -> Value {
        self.ask_beside(&everyone(), document).await
    }

    async fn ask_beside(&self, caller: &Caller, document: &Document) -> Value {
        let (answer, _) = ask(&self.beside, caller, document).await;
        let shows = answer.to_string().contains(NOBODYS);
        assert!(!shows, "what is nobody's shows: {} {answer}", document.text);
        answer
    }

    /// Whether an answer gives B away, in clear text or in what is opaque.
    pub fn holds_nothing_of_b(&self, answer: &Value, context: &str) {
        if let Some(marker) = self.marker_in(answer) {
            panic!("{marker} shows: {context}: {answer}");
        }
    }

    pub fn marker_in(&self, value: &Value) -> Option<&str> {
        match value {
            Value::String(text) => self.marker_in_text(text),
            Value::Array(items) => items.iter().find_map(|item| self.marker_in(item)),
            Value::Object(fields) => fields.iter().find_map(|(name, value)| {
                self.marker_in_text(name).or_else(|| self.marker_in(value))
            }),
            _ => None,
        }
    }

    fn marker_in_text(&self, text: &str) -> Option<&str> {
        let opened = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        let opened = String::from_utf8_lossy(&opened);
        let named = opened.rsplit('/').next().unwrap_or_default();
        let exact = [text, named]
            .into_iter()
            .find_map(|text| self.ids.get(text));
        let exact = exact.map(String::as_str);
        exact.or_else(|| {
            let plain = [text.to_lowercase(), opened.to_lowercase()];
            let shows = |marker: &&str| plain.iter().any(|text| text.contains(*marker));
            [SECRET, NOBODYS, B_UUIDS].into_iter().find(shows)
        })
    }
}

/// An answer, and how many statements it took.
async fn ask(tenants: &Tenants, caller: &Caller, document: &Document) -> (Value, u64) {
    let store = &tenants.world.store;
    let before = store.statements();
    let mut answer = tenants
        .world
        .ask_with(caller, &document.text, &document.variables)
        .await;
    let taken = store.statements() - before;
    // It tells how much has happened to everybody, which is not the same in both worlds.
    if let Some(cursor) = answer["data"].get_mut("changesCursor") {
        assert!(cursor.take().is_string());
        *cursor = Value::from("a place");
    }
    (answer, taken)
}
