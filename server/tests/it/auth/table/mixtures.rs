//! A kind that is there decides; what is wrong with it is not made good by another.

use super::super::knock::{bearer, identity_of, service};
use super::super::world::{World, identity};
use super::{Case, bad, good};

pub fn cases(world: &World) -> Vec<Case> {
    let good_identity = identity_of(identity("10000"));
    let mut wrong_token = bearer("x");
    wrong_token.extend(good_identity.clone());
    let mut wrong_identity = identity_of("x");
    wrong_identity.extend(service("dispatcher", "any", Some("10000")));
    let mut right_token = bearer(world.token());
    right_token.extend(identity_of("x"));
    vec![
        bad("a wrong token and an identity", wrong_token),
        bad("a wrong identity and a key", wrong_identity),
        good("a token and a wrong identity", right_token, "JWT"),
        bad("nothing", Vec::new()),
    ]
}
