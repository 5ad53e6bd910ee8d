//! Headings, and links to them as GitHub makes them from their text.

use std::collections::BTreeMap;

use async_graphql::parser::types::{BaseType, Type, TypeDefinition, TypeKind};

use super::ROOTS;
use super::types::Types;

const KINDS: [(&str, &str); 5] = [
    ("type", "Objects"),
    ("input", "Inputs"),
    ("enum", "Enums"),
    ("interface", "Interfaces"),
    ("scalar", "Scalars"),
];

/// What each type's heading says.
pub struct Headings(BTreeMap<String, String>);

impl Headings {
    pub fn of(types: &Types) -> Self {
        let definitions = types.beside_roots();
        Self(
            definitions
                .map(|definition| {
                    let name = definition.name.node.to_string();
                    let heading = format!("{} {name}", word(definition));
                    (name, heading)
                })
                .collect(),
        )
    }

    pub fn of_type(&self, name: &str) -> &str {
        &self.0[name]
    }

    /// A type's name as a link, and what stands around it.
    pub fn linked(&self, ty: &Type) -> String {
        let inner = match &ty.base {
            BaseType::Named(name) => self.link(name),
            BaseType::List(inner) => format!(r"\[{}\]", self.linked(inner)),
        };
        let end = if ty.nullable { "" } else { "!" };
        format!("{inner}{end}")
    }

    /// GraphQL's own types lead nowhere.
    pub fn link(&self, name: &str) -> String {
        match self.0.get(name) {
            Some(heading) => link(name, heading),
            None => name.to_owned(),
        }
    }

    /// The table of contents.
    pub fn contents(&self, types: &Types) -> String {
        let rules = ["Lists", "Permissions", "Errors"].map(|rules| link(rules, rules));
        let mut text = vec![format!("- {}", rules.join(", "))];
        for root in ROOTS {
            let names = types.fields(root).into_iter().map(|field| &field.name.node);
            let links = names.map(|name| link(name, &of_operation(root, name)));
            text.push(item(&link(root, root), links));
        }
        for (kind, title) in KINDS {
            let named = types.beside_roots().filter(|one| word(one) == kind);
            text.push(item(title, named.map(|one| self.link(&one.name.node))));
        }
        text.join("\n") + "\n\n"
    }
}

fn item(title: &str, links: impl Iterator<Item = String>) -> String {
    format!("- **{title}**: {}", links.collect::<Vec<_>>().join(", "))
}

/// Operations and types of one name must not share a heading: links would lead to the first.
pub fn of_operation(root: &str, name: &str) -> String {
    format!("{} {name}", root.to_lowercase())
}

fn link(text: &str, heading: &str) -> String {
    let anchor = heading.to_lowercase().replace(' ', "-");
    format!("[{text}](#{anchor})")
}

fn word(definition: &TypeDefinition) -> &'static str {
    match definition.kind {
        TypeKind::Scalar => "scalar",
        TypeKind::Enum(_) => "enum",
        TypeKind::InputObject(_) => "input",
        TypeKind::Object(_) => "type",
        TypeKind::Interface(_) => "interface",
        TypeKind::Union(_) => "union",
    }
}
