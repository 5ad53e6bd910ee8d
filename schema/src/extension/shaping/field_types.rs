//! The types of fields, as the schema's text declares them.

use std::collections::HashMap;

use async_graphql::parser::types::{
    FieldDefinition, ServiceDocument, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Positioned};

/// Types by the names of the parent type and of the field.
#[derive(Debug, Default)]
pub(crate) struct FieldTypes(HashMap<Name, HashMap<Name, Type>>);

impl FieldTypes {
    /// Those of a schema.
    pub(crate) fn of(schema: ServiceDocument) -> Self {
        let definitions = schema.definitions.into_iter();
        let types = definitions.filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(definition.node),
            _ => None,
        });
        let with_fields = types.filter_map(|definition| {
            let fields = match definition.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => return None,
            };
            Some((definition.name.node, by_name(fields)))
        });
        Self(with_fields.collect())
    }

    /// The type of a field; none where the schema's text names no such field, as those of introspection.
    pub(super) fn get(&self, parent: &str, field: &str) -> Option<&Type> {
        self.0.get(parent)?.get(field)
    }
}

fn by_name(fields: Vec<Positioned<FieldDefinition>>) -> HashMap<Name, Type> {
    let fields = fields.into_iter().map(|field| field.node);
    fields
        .map(|field| (field.name.node, field.ty.node))
        .collect()
}
