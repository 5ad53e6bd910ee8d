//! New loaders for every operation and for every event of a subscription, in the scope of the caller.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{Data, Response};
use connector_domain::caller::Caller;

use crate::loader::Loaders;
use crate::ports::Ports;

pub(crate) struct Batching;

impl ExtensionFactory for Batching {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Batching)
    }
}

#[async_trait::async_trait]
impl Extension for Batching {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let mut data = Data::default();
        if let Some(ports) = ctx.data_opt::<Ports>() {
            let scope = ctx.data_opt::<Caller>().and_then(Caller::scope);
            data.insert(Loaders::new(scope, ports));
        }
        next.run_with_data(ctx, operation_name, data).await
    }
}
