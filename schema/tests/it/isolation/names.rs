//! Values for what the schema takes: the things of a tenant, by the name of the argument or input field.
//!
//! **A new argument or input field without a value here makes the test fail.** Add a line to [`Names::scalars`].

use std::collections::BTreeSet;

use async_graphql::parser::types::{BaseType, Type};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::party::{A, B, CAME, Party, WENT};
use super::sdl::{Argument, Kind, Sdl, named};
use super::tenants::{Sent, Tenants, nobodys_devices};

/// A value with the parts of the schema that are tried by giving it.
pub type Given = (Value, BTreeSet<String>);

/// What names the things of one tenant.
#[derive(Clone)]
pub struct Names {
    pub party: Party,
    pub devices: Vec<String>,
    pub messages: Vec<Sent>,
    /// Places in lists, for `after` and `before`.
    pub cursors: Vec<String>,
}

impl Names {
    pub fn of_a(tenants: &Tenants) -> Self {
        let mut devices = A.devices();
        devices.push(CAME.to_owned());
        Self {
            party: A,
            devices,
            messages: tenants.of_a.clone(),
            cursors: Vec::new(),
        }
    }

    /// With what B once had, and what nobody has.
    pub fn of_b(tenants: &Tenants) -> Self {
        let mut devices = B.devices();
        devices.push(WENT.to_owned());
        devices.extend(nobodys_devices());
        Self {
            party: B,
            devices,
            messages: tenants.of_b.clone(),
            cursors: Vec::new(),
        }
    }

    /// The global id of its main object of a type.
    pub fn node(&self, object: &str) -> String {
        let found = self.nodes().into_iter().find(|(of, _)| *of == object);
        let (_, id) =
            found.unwrap_or_else(|| panic!("no node id of {object}: add it to Names::nodes"));
        id
    }

    fn nodes(&self) -> Vec<(&'static str, String)> {
        let id = |text: String| URL_SAFE_NO_PAD.encode(text);
        let account = ("Account", id(format!("AC:{}", self.party.org)));
        let devices = self.devices.iter();
        let devices = devices.map(|device| ("ConnectionStatus", id(format!("CS:{device}"))));
        let messages = self.worth_trying();
        let messages =
            messages.map(|(device, uuid)| ("Message", id(format!("MS:{device}/{uuid}"))));
        devices.chain([account]).chain(messages).collect()
    }

    /// The first and the last message of each device: one to it, one from it.
    fn worth_trying(&self) -> impl Iterator<Item = &Sent> {
        let mail = self.messages.chunk_by(|(one, _), (other, _)| one == other);
        mail.flat_map(|mail| {
            mail.first()
                .into_iter()
                .chain(mail.last().filter(|_| mail.len() > 1))
        })
    }

    /// What `Names` knows for a name: everything worth trying, the main thing first.
    fn scalars(&self, name: &str) -> Option<Vec<Value>> {
        let party = &self.party;
        let label = |what: &str| vec![json!(party.label(what))];
        Some(match name {
            "clientId" | "clientIds" => self.devices.iter().map(|id| json!(id)).collect(),
            "orgId" | "orgIds" => vec![json!(party.org)],
            "accountNumber" | "accountNumbers" => vec![json!(party.number)],
            "messageId" | "messageIds" | "responseTo" => {
                self.worth_trying().map(|(_, uuid)| json!(uuid)).collect()
            }
            "id" | "ids" => self.nodes().into_iter().map(|(_, id)| json!(id)).collect(),
            "after" | "before" => self.cursors.iter().map(|cursor| json!(cursor)).collect(),
            "first" | "last" => [1, 4].map(|n| json!(n)).to_vec(),
            "dispatchers" => label("worker"),
            "callers" => [label("service"), vec![json!("inventory")]].concat(),
            "directive" => [label("worker"), label("no-worker")].concat(),
            "key" => label("key"),
            "value" => label("value"),
            "clientName" => label("client"),
            "clientVersion" => label("version"),
            "fqdn" => label(&format!("fqdn.{}", self.devices[0])),
            "insightsIds" => vec![json!(party.uuid(1))],
            "subscriptionManagerIds" => vec![json!(party.uuid(4))],
            "search" => vec![json!(party.text), json!(format!("{}-IP", party.text))],
            "sharedIdentitySuspected" => vec![json!(false), json!(true)],
            "mine" | "dryRun" => vec![json!(true), json!(false)],
            "from" => vec![json!("2026-11-24T10:00:00Z")],
            "to" => vec![json!("2026-11-24T11:00:00Z")],
            "content" => vec![json!({"from": "the caller"}), json!("much ".repeat(40_000))],
            "metadata" => vec![json!({"from": "the caller"})],
            "reason" => vec![json!("the caller's")],
            "expiresInSeconds" | "delaySeconds" => vec![json!(7), json!(-1)],
            "minIntervalMs" => vec![json!(250), json!(1000)],
            _ => return None,
        })
    }

    /// The one value that leads to the tenant's main thing; for what a field cannot do without.
    pub fn main(&self, sdl: &Sdl, argument: &Argument, on: &str) -> Given {
        let mut values = self.values(sdl, argument, on);
        values.swap_remove(0)
    }

    /// Every value worth trying for an argument or input field `on` something.
    pub fn values(&self, sdl: &Sdl, argument: &Argument, on: &str) -> Vec<Given> {
        let found = self.of_type(sdl, &argument.ty, &[&argument.name]);
        assert!(!found.is_empty(), "no value for {on}.{}", argument.name);
        found
    }

    fn of_type(&self, sdl: &Sdl, ty: &Type, names: &[&str]) -> Vec<Given> {
        if let BaseType::List(inner) = &ty.base {
            return listed(self.of_type(sdl, inner, names));
        }
        let of = named(ty);
        match sdl.kind(of) {
            Kind::Enum(values) => {
                let part = |value: &String| BTreeSet::from([format!("{of}.{value}")]);
                values
                    .iter()
                    .map(|value| (json!(value), part(value)))
                    .collect()
            }
            Kind::Input(fields) => self.of_input(sdl, of, fields, names),
            _ => {
                // A comparison of a text is about what the comparison is for.
                let known = names.iter().rev().find_map(|name| self.scalars(name));
                let known = known.unwrap_or_else(|| {
                    let place = names.join(".");
                    panic!("no value for {place}: add one to Names::scalars in isolation/names.rs")
                });
                known
                    .into_iter()
                    .map(|value| (value, BTreeSet::new()))
                    .collect()
            }
        }
    }

    /// Each field in turn, with the main value of each field that may not be left out.
    fn of_input(&self, sdl: &Sdl, of: &str, fields: &[Argument], names: &[&str]) -> Vec<Given> {
        let mut found = Vec::new();
        for field in fields {
            let names: Vec<&str> = names.iter().copied().chain([field.name.as_str()]).collect();
            for (value, mut parts) in self.of_type(sdl, &field.ty, &names) {
                let (mut object, required) = self.required(sdl, of, fields);
                parts.extend(required);
                parts.insert(format!("{of}.{}", field.name));
                object.insert(field.name.clone(), value);
                found.push((Value::Object(object), parts));
            }
        }
        found
    }

    fn required(
        &self,
        sdl: &Sdl,
        of: &str,
        fields: &[Argument],
    ) -> (Map<String, Value>, BTreeSet<String>) {
        let mut object = Map::new();
        let mut parts = BTreeSet::new();
        for field in fields.iter().filter(|field| field.required) {
            let (value, more) = self.main(sdl, field, of);
            object.insert(field.name.clone(), value);
            parts.extend(more);
            parts.insert(format!("{of}.{}", field.name));
        }
        (object, parts)
    }

    /// Ids that stand for its things alone.
    pub fn ids(&self) -> impl Iterator<Item = String> {
        let messages = self.messages.iter().map(|(_, uuid)| uuid.to_string());
        messages.chain(self.nodes().into_iter().map(|(_, id)| id))
    }
}

/// Lists of values: all together, and alone whatever is tried by being given alone.
fn listed(items: Vec<Given>) -> Vec<Given> {
    let together: Vec<Value> = items.iter().map(|(item, _)| item.clone()).collect();
    let alone = items.into_iter().enumerate();
    let alone = alone.filter(|(n, (_, parts))| *n == 0 || !parts.is_empty());
    alone
        .map(|(_, (item, parts))| (json!([item]), parts))
        .chain([(Value::Array(together), BTreeSet::new())])
        .collect()
}
