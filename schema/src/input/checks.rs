//! Checks that several filters share.

use std::str::FromStr;

use connector_domain::limits;

use crate::error::Fault;

/// A list of a filter, at most as long as a filter may be.
pub(super) fn capped<T>(name: &str, items: Option<Vec<T>>) -> Result<Option<Vec<T>>, Fault> {
    match items {
        Some(items) if items.len() > limits::FILTER_IDS => Err(Fault::bad_input(format!(
            "filter.{name} takes at most {} values",
            limits::FILTER_IDS
        ))),
        items => Ok(items),
    }
}

/// Ids of a filter. One that cannot be an id names nothing and is left out; the list stays, and matches only what the
/// others name.
pub(super) fn ids<I: FromStr>(
    name: &str,
    items: Option<Vec<impl AsRef<str>>>,
) -> Result<Option<Vec<I>>, Fault> {
    let items = capped(name, items)?;
    Ok(items.map(|items| {
        let parsed = items.iter().filter_map(|item| item.as_ref().parse().ok());
        parsed.collect()
    }))
}

/// A list converted item by item.
pub(super) fn converted<T, U>(
    name: &str,
    items: Option<Vec<T>>,
    convert: impl Fn(T) -> U,
) -> Result<Option<Vec<U>>, Fault> {
    let items = capped(name, items)?;
    Ok(items.map(|items| items.into_iter().map(convert).collect()))
}

/// A text to compare with. NUL is in no stored text, and databases refuse it.
pub(super) fn text(name: &str, text: String) -> Result<String, Fault> {
    if text.contains('\0') {
        return Err(Fault::bad_input(format!(
            "filter.{name} holds a NUL character"
        )));
    }
    Ok(text)
}

/// A list of texts to compare with.
pub(super) fn texts(name: &str, items: Option<Vec<String>>) -> Result<Option<Vec<String>>, Fault> {
    let items = capped(name, items)?;
    items
        .map(|items| items.into_iter().map(|item| text(name, item)).collect())
        .transpose()
}
