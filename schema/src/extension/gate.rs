//! Refuses what may not be executed, before as much as possible is done for it: no caller, credentials run out, a
//! document over a limit, variables missing, depth and cost.

use std::any::TypeId;
use std::sync::Arc;

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextParseQuery, NextPrepareRequest,
    NextValidation,
};
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, ServerError, ServerResult, ValidationResult, Variables};
use connector_domain::caller::Caller;

use super::error_report::coded;
use crate::document::{check_introspection, check_selections, check_text};
use crate::error::Fault;
use crate::limits::{Limits, VALIDATION_ERRORS};
use crate::ports::Ports;

pub(crate) struct Gate {
    pub limits: Limits,
    /// Whether callers may read the schema itself.
    pub introspection: bool,
}

impl ExtensionFactory for Gate {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Gate {
            limits: self.limits,
            introspection: self.introspection,
        })
    }
}

#[async_trait::async_trait]
impl Extension for Gate {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let mut request = next.run(ctx, request).await?;
        check_caller(ctx, &request).map_err(Fault::into_server_error)?;
        self.check_document(&mut request)?;
        Ok(request)
    }

    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        // The document parses: it did in prepare_request. What fails here are the library's own limits.
        next.run(ctx, query, variables)
            .await
            .map_err(|error| coded(error, "QUERY_TOO_COMPLEX"))
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await.map_err(|mut errors| {
            errors.truncate(VALIDATION_ERRORS);
            let code = |error| coded(error, "GRAPHQL_VALIDATION_FAILED");
            errors.into_iter().map(code).collect::<Vec<_>>()
        })?;
        let Limits {
            depth, complexity, ..
        } = self.limits;
        let fault = if result.depth > depth {
            Fault::TooDeep {
                depth: result.depth,
                limit: depth,
            }
        } else if result.complexity > complexity {
            Fault::TooComplex {
                cost: result.complexity,
                limit: complexity,
            }
        } else {
            return Ok(result);
        };
        Err(vec![fault.into_server_error()])
    }
}

fn check_caller(ctx: &ExtensionContext<'_>, request: &Request) -> Result<(), Fault> {
    let caller = request.data.get(&TypeId::of::<Caller>());
    let caller = caller.and_then(|data| data.downcast_ref::<Caller>());
    let caller = caller.ok_or(Fault::Unauthenticated)?;
    let now = ctx.data_opt::<Ports>().map(|ports| ports.clock.now());
    match (caller.expires_at, now) {
        (Some(expires_at), Some(now)) if expires_at <= now => Err(Fault::Unauthenticated),
        _ => Ok(()),
    }
}

impl Gate {
    fn check_document(&self, request: &mut Request) -> ServerResult<()> {
        let limits = &self.limits.document;
        check_text(&request.query, limits)
            .map_err(|error| Fault::Document(error).into_server_error())?;
        let name = request.operation_name.clone();
        let mut variables = std::mem::take(&mut request.variables);
        let document = request
            .parsed_query()
            .map_err(|error| coded(error, "GRAPHQL_PARSE_FAILED"))?;
        let refuse = |error| Fault::Document(error).into_server_error();
        check_selections(document, limits).map_err(refuse)?;
        if !self.introspection {
            check_introspection(document).map_err(refuse)?;
        }
        complete_variables(document, name.as_deref(), &mut variables)?;
        request.variables = variables;
        Ok(())
    }
}

/// Gives every variable of the operation that was left out its default, and refuses where one is required (GraphQL
/// specification, section 6.1.2). The library would find out in the middle of execution, and `@skip` and `@include`
/// would never know of a default.
fn complete_variables(
    document: &ExecutableDocument,
    operation_name: Option<&str>,
    variables: &mut Variables,
) -> ServerResult<()> {
    let wanted = document.operations.iter().find(|(name, _)| {
        operation_name.is_none_or(|wanted| name.is_some_and(|name| name.as_str() == wanted))
    });
    for definition in wanted
        .into_iter()
        .flat_map(|(_, operation)| &operation.node.variable_definitions)
    {
        let variable = &definition.node;
        let name = &variable.name.node;
        if let Some(default) = &variable.default_value
            && !variables.contains_key(name)
        {
            variables.insert(name.clone(), default.node.clone());
        }
        let missing = variables
            .get(name)
            .is_none_or(|value| *value == async_graphql::Value::Null);
        if missing && !variable.var_type.node.nullable {
            let problem = format!("the variable ${name} is required");
            let error = ServerError::new(problem, Some(definition.pos));
            return Err(coded(error, "BAD_USER_INPUT"));
        }
    }
    Ok(())
}
