//! Answers keep the order of the question (GraphQL specification, section 7.2.2). The library puts a field into its
//! object when it is resolved, so that what is read last comes last.
//!
//! Which fragments counted for an object depends on its type, which an answer need not tell. So each fragment is given
//! one more field, the mark: `__typename`, which costs nothing, under a name that no caller can write. Marks are taken
//! out again here. A field that is asked for twice counts where it stands first, skipped or not.

use std::sync::{Arc, OnceLock};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery,
};
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{Name, Pos, Positioned, Response, ServerResult, Value, Variables};

pub(crate) struct Ordering;

impl ExtensionFactory for Ordering {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(InOrder(OnceLock::new()))
    }
}

/// The document of one request, with marks.
struct InOrder(OnceLock<ExecutableDocument>);

#[async_trait::async_trait]
impl Extension for InOrder {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let mut document = next.run(ctx, query, variables).await?;
        Marks::default().put_into(&mut document);
        self.0.get_or_init(|| document.clone());
        Ok(document)
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let mut response = next.run(ctx, operation_name).await;
        let Some(document) = self.0.get() else {
            return response;
        };
        if let Some(operation) = operation_of(document, operation_name) {
            let data = std::mem::take(&mut response.data);
            response.data = arranged(document, data, &[&operation.selection_set.node]);
        }
        response
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

/// The value of a field with these selection sets, in their order.
fn arranged(document: &ExecutableDocument, value: Value, sets: &[&SelectionSet]) -> Value {
    match value {
        Value::List(items) => {
            let items = items.into_iter();
            Value::List(items.map(|item| arranged(document, item, sets)).collect())
        }
        // One without selections is a scalar: JSON, to be left as it is.
        Value::Object(found) if sets.iter().any(|set| !set.items.is_empty()) => {
            Value::Object(arranged_object(document, found, sets))
        }
        other => other,
    }
}

fn arranged_object(
    document: &ExecutableDocument,
    mut found: IndexMap<Name, Value>,
    sets: &[&SelectionSet],
) -> IndexMap<Name, Value> {
    let mut fields = Fields::new();
    for set in sets {
        collect(document, set, &found, &mut fields);
    }
    let mut ordered = IndexMap::with_capacity(found.len());
    for (name, sets) in fields {
        if let Some(value) = found.swap_remove(name)
            && !is_mark(name)
        {
            ordered.insert(name.clone(), arranged(document, value, &sets));
        }
    }
    ordered
}

/// Response names in order, each with the selection sets of every field of that name.
type Fields<'a> = IndexMap<&'a Name, Vec<&'a SelectionSet>>;

/// As `CollectFields` of the specification, section 6.3.2.
fn collect<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    found: &IndexMap<Name, Value>,
    fields: &mut Fields<'a>,
) {
    for selection in &set.items {
        let fragment = match &selection.node {
            Selection::Field(field) => {
                let name = &field.node.response_key().node;
                let sets = fields.entry(name).or_default();
                sets.push(&field.node.selection_set.node);
                continue;
            }
            Selection::InlineFragment(inline) => Some(&inline.node.selection_set.node),
            Selection::FragmentSpread(spread) => {
                let fragment = document.fragments.get(&spread.node.fragment_name.node);
                fragment.map(|fragment| &fragment.node.selection_set.node)
            }
        };
        if let Some(fragment) = fragment
            && counted(fragment, found)
        {
            collect(document, fragment, found, fields);
        }
    }
}

/// Whether a fragment counted for an object: then its mark is there.
fn counted(fragment: &SelectionSet, found: &IndexMap<Name, Value>) -> bool {
    let first = fragment.items.first().map(|selection| &selection.node);
    match first {
        Some(Selection::Field(field)) => {
            let name = &field.node.response_key().node;
            !is_mark(name) || found.contains_key(name)
        }
        _ => true,
    }
}

/// Not the beginning of a name in GraphQL.
const MARK: &str = "fragment ";

fn is_mark(name: &Name) -> bool {
    name.starts_with(MARK)
}

/// How many marks there are.
#[derive(Default)]
struct Marks(usize);

impl Marks {
    fn put_into(mut self, document: &mut ExecutableDocument) {
        match &mut document.operations {
            DocumentOperations::Single(operation) => self.operation(&mut operation.node),
            DocumentOperations::Multiple(operations) => {
                for operation in operations.values_mut() {
                    self.operation(&mut operation.node);
                }
            }
        }
        for fragment in document.fragments.values_mut() {
            self.fragment(&mut fragment.node.selection_set);
        }
    }

    /// The root of a subscription takes one field and nothing else.
    fn operation(&mut self, operation: &mut OperationDefinition) {
        for selection in &mut operation.selection_set.node.items {
            match &mut selection.node {
                Selection::InlineFragment(inline)
                    if operation.ty == OperationType::Subscription =>
                {
                    self.within(&mut inline.node.selection_set.node);
                }
                selection => self.selection(selection),
            }
        }
    }

    fn within(&mut self, set: &mut SelectionSet) {
        for selection in &mut set.items {
            self.selection(&mut selection.node);
        }
    }

    fn selection(&mut self, selection: &mut Selection) {
        match selection {
            Selection::Field(field) => self.within(&mut field.node.selection_set.node),
            Selection::InlineFragment(inline) => self.fragment(&mut inline.node.selection_set),
            Selection::FragmentSpread(_) => {}
        }
    }

    fn fragment(&mut self, set: &mut Positioned<SelectionSet>) {
        self.within(&mut set.node);
        self.0 += 1;
        let mark = mark(self.0, set.pos);
        set.node.items.insert(0, mark);
    }
}

fn mark(number: usize, pos: Pos) -> Positioned<Selection> {
    let field = Field {
        alias: Some(Positioned::new(Name::new(format!("{MARK}{number}")), pos)),
        name: Positioned::new(Name::new("__typename"), pos),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet::default(), pos),
    };
    Positioned::new(Selection::Field(Positioned::new(field, pos)), pos)
}
