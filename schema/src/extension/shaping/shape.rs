//! The form of one answer.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet, Type,
};
use async_graphql::{Name, PathSegment, Response, Value};

use super::field_types::FieldTypes;
use super::marks::{counted, is_mark};

/// What the document and the schema say about the form of its answers.
pub(super) struct Shape<'a> {
    document: &'a ExecutableDocument,
    types: &'a FieldTypes,
}

/// What is asked for at one place of the answer: its selection sets, each with the name of the type it is about.
type Sets<'a> = Vec<(&'a str, &'a SelectionSet)>;

/// Where errors are, from one place of the answer on.
type Failures<'a> = Vec<&'a [PathSegment]>;

/// A value is missing that is never null: what holds it is null, or missing too.
struct Missing;

/// One field of an object, wherever it is asked for.
struct Wanted<'a> {
    ty: Option<&'a Type>,
    sets: Sets<'a>,
}

impl<'a> Shape<'a> {
    pub(super) fn new(document: &'a ExecutableDocument, types: &'a FieldTypes) -> Self {
        Self { document, types }
    }

    /// Brings a response into form.
    pub(super) fn give_to(&self, response: &mut Response, operation_name: Option<&str>) {
        let Some(operation) = operation_of(self.document, operation_name) else {
            return;
        };
        let failures: Failures<'_> = response
            .errors
            .iter()
            .map(|error| error.path.as_slice())
            .filter(|path| !path.is_empty())
            .collect();
        let found = match std::mem::take(&mut response.data) {
            Value::Object(found) => found,
            // Every field was skipped, or failed.
            Value::Null if response.errors.is_empty() || !failures.is_empty() => IndexMap::new(),
            other => {
                response.data = other;
                return;
            }
        };
        let root = root_of(operation.ty);
        let sets = vec![(root, &operation.selection_set.node)];
        response.data = match self.object(found, &sets, &failures) {
            Ok(fields) => Value::Object(fields),
            Err(Missing) => Value::Null,
        };
    }

    /// The value at a place of a type; `Err` when it must be null and may not.
    fn value(
        &self,
        value: Value,
        ty: Option<&Type>,
        sets: &Sets<'a>,
        failures: &Failures<'_>,
    ) -> Result<Value, Missing> {
        let formed = match value {
            Value::List(items) => self.list(items, ty, sets, failures).map(Value::List),
            // One without selections is a scalar: JSON, to be left as it is.
            Value::Object(found) if selects(sets) => {
                self.object(found, sets, failures).map(Value::Object)
            }
            // The library gives an object without fields as null.
            Value::Null if selects(sets) && (any_within(failures) || never_null(ty)) => self
                .object(IndexMap::new(), sets, failures)
                .map(Value::Object),
            other => Ok(other),
        };
        match formed {
            Err(Missing) if !never_null(ty) => Ok(Value::Null),
            formed => formed,
        }
    }

    fn list(
        &self,
        items: Vec<Value>,
        ty: Option<&Type>,
        sets: &Sets<'a>,
        failures: &Failures<'_>,
    ) -> Result<Vec<Value>, Missing> {
        let ty = match ty.map(|ty| &ty.base) {
            Some(BaseType::List(item)) => Some(item.as_ref()),
            _ => None,
        };
        let formed = items.into_iter().enumerate().map(|(index, item)| {
            let failures = within(failures, |step| *step == PathSegment::Index(index));
            self.value(item, ty, sets, &failures)
        });
        formed.collect()
    }

    fn object(
        &self,
        mut found: IndexMap<Name, Value>,
        sets: &Sets<'a>,
        failures: &Failures<'_>,
    ) -> Result<IndexMap<Name, Value>, Missing> {
        let mut fields = IndexMap::new();
        for (about, set) in sets {
            self.collect(about, set, &found, &mut fields);
        }
        let mut formed = IndexMap::with_capacity(found.len());
        for (name, wanted) in fields {
            let failed = within(
                failures,
                |step| matches!(step, PathSegment::Field(field) if *field == **name),
            );
            match found.swap_remove(name) {
                Some(_) if is_mark(name) => {}
                Some(value) => {
                    let value = self.value(value, wanted.ty, &wanted.sets, &failed)?;
                    formed.insert(name.clone(), value);
                }
                // Skipped, unless an error tells of it: the library leaves those out that are never null.
                None if failed.is_empty() => {}
                None => return Err(Missing),
            }
        }
        Ok(formed)
    }

    /// As `CollectFields` of the specification, section 6.3.2.
    fn collect(
        &self,
        about: &'a str,
        set: &'a SelectionSet,
        found: &IndexMap<Name, Value>,
        fields: &mut IndexMap<&'a Name, Wanted<'a>>,
    ) {
        for selection in &set.items {
            let (condition, fragment) = match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let ty = self.types.get(about, &field.name.node);
                    let wanted = fields.entry(&field.response_key().node);
                    let wanted = wanted.or_insert_with(|| Wanted {
                        ty,
                        sets: Sets::new(),
                    });
                    let set = &field.selection_set.node;
                    wanted.sets.push((ty.map_or("", named), set));
                    continue;
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    (condition, Some(&inline.node.selection_set.node))
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let fragment = self.document.fragments.get(name);
                    let fragment = fragment.map(|fragment| &fragment.node);
                    (
                        fragment.map(|fragment| &fragment.type_condition),
                        fragment.map(|fragment| &fragment.selection_set.node),
                    )
                }
            };
            if let Some(fragment) = fragment
                && counted(fragment, found)
            {
                let about = condition.map_or(about, |condition| condition.node.on.node.as_str());
                self.collect(about, fragment, found, fields);
            }
        }
    }
}

fn operation_of<'a>(
    document: &'a ExecutableDocument,
    wanted: Option<&str>,
) -> Option<&'a OperationDefinition> {
    let mut operations = document.operations.iter();
    let found = operations
        .find(|(name, _)| wanted.is_none_or(|wanted| name.is_some_and(|name| name == wanted)));
    found.map(|(_, operation)| &operation.node)
}

fn root_of(ty: OperationType) -> &'static str {
    match ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    }
}

/// The errors of a field or an item, from there on.
fn within<'a>(failures: &Failures<'a>, of: impl Fn(&PathSegment) -> bool) -> Failures<'a> {
    let paths = failures.iter().filter_map(|path| path.split_first());
    paths
        .filter(|(step, _)| of(step))
        .map(|(_, rest)| rest)
        .collect()
}

fn any_within(failures: &Failures<'_>) -> bool {
    failures.iter().any(|path| !path.is_empty())
}

fn selects(sets: &Sets<'_>) -> bool {
    sets.iter().any(|(_, set)| !set.items.is_empty())
}

fn never_null(ty: Option<&Type>) -> bool {
    ty.is_some_and(|ty| !ty.nullable)
}

/// The name of a type, that of its items for a list.
fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => named(item),
    }
}
