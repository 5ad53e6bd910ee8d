//! The schema as a whole.

use std::sync::{Arc, LazyLock};

use async_graphql::parser::parse_schema;
use async_graphql::{Request, Response, SDLExportOptions, Schema, SchemaBuilder};
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;

use crate::extension::{Batching, ErrorReport, FieldTypes, Gate, Shaping};
use crate::limits::Options;
use crate::mutation::Mutation;
use crate::ports::Ports;
use crate::query::Query;
use crate::subscription::Subscription;

/// Executes documents; cheap to clone.
///
/// Boxed futures at this boundary keep the code of every resolver in this crate: behind a generic function it would be
/// compiled a second time where it is called.
#[derive(Clone)]
pub struct ConnectorSchema(Schema<Query, Mutation, Subscription>);

impl ConnectorSchema {
    /// Runs a query or a mutation.
    pub fn execute(&self, request: Request) -> BoxFuture<'static, Response> {
        let schema = self.0.clone();
        Box::pin(async move { schema.execute(request).await })
    }

    /// Runs any operation as a stream of responses: one of a query or a mutation, many of a subscription.
    pub fn execute_stream(&self, request: Request) -> BoxStream<'static, Response> {
        self.0.execute_stream(request).boxed()
    }
}

/// The schema over its ports. Requests are to be prepared with [`crate::prepare`].
pub fn build(ports: Ports, options: Options) -> ConnectorSchema {
    let limits = options.limits;
    let builder = types()
        .limit_directives(limits.document.directives)
        .extension(ErrorReport)
        .extension(Gate {
            limits,
            introspection: options.introspection,
        })
        .extension(Shaping {
            types: FIELD_TYPES.clone(),
        })
        .extension(Batching);
    let builder = if options.introspection {
        builder
    } else {
        builder.disable_introspection().disable_suggestions()
    };
    ConnectorSchema(builder.data(ports).data(limits).data(options).finish())
}

/// The schema in the schema definition language, without ports.
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .prefer_single_line_descriptions()
        .include_specified_by()
        .use_space_ident()
        .indent_width(2);
    types().finish().sdl_with_options(options)
}

/// Parsed once, from the same text that callers have.
static FIELD_TYPES: LazyLock<Arc<FieldTypes>> = LazyLock::new(|| {
    let schema = parse_schema(sdl()).expect("the library reads the text it writes");
    Arc::new(FieldTypes::of(schema))
});

fn types() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(
        Query::default(),
        Mutation::default(),
        Subscription::default(),
    )
}
