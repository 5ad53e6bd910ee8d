//! What permission an operation needs: asked of the schema itself, by a caller that has none.

use std::collections::BTreeMap;

use async_graphql::Positioned;
use async_graphql::parser::types::{BaseType, FieldDefinition, InputValueDefinition, Type};
use connector_domain::caller::Caller;
use serde_json::Value;

use super::ROOTS;
use super::types::Types;
use crate::world::{ORG, World, caller_with};

/// Where one word is not enough.
const EXCEPTIONS: [(&str, &str); 4] = [
    (
        "node",
        "what reading such an object needs; a caller's own messages need nothing",
    ),
    (
        "nodes",
        "what reading such objects needs; a caller's own messages need nothing",
    ),
    ("message", "`MESSAGE_READ`, unless the caller sent it"),
    (
        "messageStateChanged",
        "`MESSAGE_READ`, unless `filter` says `mine: true`",
    ),
];

/// Permissions by operation.
pub struct Needs(BTreeMap<String, String>);

impl Needs {
    pub async fn asked(types: &Types) -> Self {
        let world = World::new().await;
        let powerless = caller_with(Some(ORG), &[]);
        let mut needs = BTreeMap::new();
        for root in ROOTS {
            for field in types.fields(root) {
                let need = need(&world, &powerless, root, types, field).await;
                needs.insert(field.name.node.to_string(), need);
            }
        }
        needs.extend(EXCEPTIONS.map(|(name, text)| (name.to_owned(), text.to_owned())));
        Self(needs)
    }

    pub fn of(&self, operation: &str) -> &str {
        &self.0[operation]
    }
}

async fn need(
    world: &World,
    powerless: &Caller,
    root: &str,
    types: &Types,
    field: &FieldDefinition,
) -> String {
    let text = format!("{} {{ {} }}", root.to_lowercase(), smallest(types, field));
    let answer = match root {
        "Subscription" => world.watch(powerless, &text).next().await,
        _ => Some(world.ask(powerless, &text).await),
    };
    let answer = answer.expect("an answer");
    if let Value::String(permission) = &answer["errors"][0]["extensions"]["permission"] {
        return format!("`{permission}`");
    }
    assert_eq!(answer["errors"], Value::Null, "{text}");
    "no permission".to_owned()
}

/// The shortest selection of a field that is valid.
fn smallest(types: &Types, field: &FieldDefinition) -> String {
    let arguments = field.arguments.iter();
    let given: Vec<_> = arguments
        .filter(|argument| is_required(argument) || argument.node.name.node == "first")
        .map(|argument| assignment(types, argument))
        .collect();
    let arguments = if given.is_empty() {
        String::new()
    } else {
        format!("({})", given.join(", "))
    };
    let is_object = !types.fields(named(&field.ty.node)).is_empty();
    let inner = if is_object { " { __typename }" } else { "" };
    format!("{}{arguments}{inner}", field.name.node)
}

fn is_required(argument: &Positioned<InputValueDefinition>) -> bool {
    !argument.node.ty.node.nullable && argument.node.default_value.is_none()
}

fn assignment(types: &Types, argument: &Positioned<InputValueDefinition>) -> String {
    let value = value(types, &argument.node.ty.node);
    format!("{}: {value}", argument.node.name.node)
}

fn value(types: &Types, ty: &Type) -> String {
    let BaseType::Named(name) = &ty.base else {
        return "[]".to_owned();
    };
    match name.as_str() {
        "Int" => "1".to_owned(),
        "UUID" => r#""00000000-0000-4000-8000-000000000000""#.to_owned(),
        "ID" | "String" => r#""x""#.to_owned(),
        input => {
            let fields = types.input_fields(input).iter();
            let given = fields.filter(|field| is_required(field));
            let given: Vec<_> = given.map(|field| assignment(types, field)).collect();
            format!("{{{}}}", given.join(", "))
        }
    }
}

fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => named(inner),
    }
}
