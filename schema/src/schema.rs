//! The schema as a whole.

use async_graphql::{SDLExportOptions, Schema, SchemaBuilder};

use crate::extension::{Batching, ErrorReport, Gate};
use crate::limits::Options;
use crate::mutation::Mutation;
use crate::ports::Ports;
use crate::query::Query;
use crate::subscription::Subscription;

/// Executes documents; cheap to clone.
pub type ConnectorSchema = Schema<Query, Mutation, Subscription>;

/// The schema over its ports. Requests are to be prepared with [`crate::prepare`].
pub fn build(ports: Ports, options: Options) -> ConnectorSchema {
    let limits = options.limits;
    let builder = types()
        .limit_directives(limits.document.directives)
        .extension(ErrorReport)
        .extension(Gate { limits })
        .extension(Batching);
    let builder = if options.introspection {
        builder
    } else {
        builder.disable_introspection().disable_suggestions()
    };
    builder.data(ports).data(limits).data(options).finish()
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

fn types() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(
        Query::default(),
        Mutation::default(),
        Subscription::default(),
    )
}
