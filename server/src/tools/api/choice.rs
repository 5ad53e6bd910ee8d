//! Values of the API's enums on the command line: `to-device` is `TO_DEVICE`.

use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Takes one of `names`, in either case, and gives the API's spelling.
pub(super) fn one_of<const N: usize>(
    names: [&'static str; N],
) -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(names).map(|name| name.replace('-', "_").to_ascii_uppercase())
}
