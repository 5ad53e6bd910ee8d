//! Which pages may open a WebSocket: browsers send no preflight for one, so the server has to look.

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

/// Whether the request comes from no page at all, from a page of this server, or from an allowed one.
pub fn is_allowed(headers: &HeaderMap, allowed: &[String]) -> bool {
    let Some(origin) = headers.get(ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let own = host.is_some_and(|host| {
        origin
            .split_once("://")
            .is_some_and(|(_, of)| of.eq_ignore_ascii_case(host))
    });
    own || allowed
        .iter()
        .any(|allowed| allowed.eq_ignore_ascii_case(origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_and_allowed_pages_may_open_a_socket() {
        let headers = |origin: &str| {
            HeaderMap::from_iter([
                (ORIGIN, origin.parse().expect("a header")),
                (HOST, "127.0.0.1:8080".parse().expect("a header")),
            ])
        };
        let allowed = ["https://ui.example.com".to_owned()];
        assert!(is_allowed(&HeaderMap::new(), &allowed));
        assert!(is_allowed(&headers("http://127.0.0.1:8080"), &allowed));
        assert!(is_allowed(&headers("https://ui.example.com"), &allowed));
        assert!(!is_allowed(&headers("http://127.0.0.1:8081"), &allowed));
        assert!(!is_allowed(&headers("null"), &allowed));
    }
}
