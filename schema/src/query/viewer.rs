//! Who asks.

use async_graphql::{Context, Object, Result};

use crate::access::Access;
use crate::object::Viewer;

#[derive(Default)]
pub struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// Who is asking.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer> {
        Ok(Viewer(Access::of(ctx)?.caller.clone()))
    }
}
