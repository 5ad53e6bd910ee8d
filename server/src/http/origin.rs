//! Which pages may send requests: browsers ask nobody before they open a WebSocket, so the server has to look.

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};

use super::refusal::Refusal;

/// Refuses what comes from any other page than one of this server, or an allowed one.
pub fn check(headers: &HeaderMap, allowed: &[String]) -> Result<(), Refusal> {
    if is_allowed(headers, allowed) {
        return Ok(());
    }
    let problem = "pages of this origin may not send requests here; see http.allowed_origins";
    Err(Refusal::new(StatusCode::FORBIDDEN, "FORBIDDEN", problem))
}

/// Whether the request comes from no page at all, from a page of this server, or from an allowed one.
fn is_allowed(headers: &HeaderMap, allowed: &[String]) -> bool {
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
    fn only_own_and_allowed_pages_may_send_requests() {
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
