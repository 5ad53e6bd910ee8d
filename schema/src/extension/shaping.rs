//! Answers have the form that the specification wants, which the library's do not quite have: fields in the order of
//! the question (section 7.2.2; the library puts a field into its object when it is resolved, so that what is read last
//! comes last), and null where a field failed that is never null (section 6.4.4; the library leaves it out).
//!
//! Which fragments counted for an object depends on its type, which an answer need not tell. So each fragment is given
//! one more field, the mark: `__typename`, which costs nothing, under a name that no caller can write. Marks are taken
//! out again here. A field that is asked for twice counts where it stands first, skipped or not.

mod field_types;
mod marks;
mod shape;

use std::sync::{Arc, OnceLock};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery,
};
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Response, ServerResult, Variables};

pub(crate) use field_types::FieldTypes;
use shape::Shape;

/// Brings answers into form.
pub(crate) struct Shaping {
    /// Of the schema that answers.
    pub(crate) types: Arc<FieldTypes>,
}

impl ExtensionFactory for Shaping {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(InShape {
            document: OnceLock::new(),
            types: Arc::clone(&self.types),
        })
    }
}

/// The document of one request, with marks.
struct InShape {
    document: OnceLock<ExecutableDocument>,
    types: Arc<FieldTypes>,
}

#[async_trait::async_trait]
impl Extension for InShape {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let mut document = next.run(ctx, query, variables).await?;
        marks::put_into(&mut document);
        self.document.get_or_init(|| document.clone());
        Ok(document)
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let mut response = next.run(ctx, operation_name).await;
        if let Some(document) = self.document.get() {
            Shape::new(document, &self.types).give_to(&mut response, operation_name);
        }
        response
    }
}
