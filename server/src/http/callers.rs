//! What one caller may take of this server: requests per second, operations at the same time, open streams. One that
//! takes too much is told so, and takes nothing from others. Who has not said who it is counts by its address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use connector_domain::caller::{AuthMethod, Caller};
use connector_domain::id::{CallerName, OrgId};
use connector_domain::stamp::Stamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::turns::{Fairly, Turns};
use crate::rate::{Quota, RateLimiter};

/// Most sockets whose callers have not said who they are, and those of one address.
const STRANGERS: usize = 1000;
const STRANGERS_PER_ADDRESS: usize = 250;
/// When to try again where a place may become free any moment.
const SOON: Duration = Duration::from_secs(1);

/// The limits. 0 is none.
#[derive(Debug, Clone, Copy)]
pub struct CallerOptions {
    /// Requests per second, on average.
    pub requests_per_second: u32,
    /// Requests at once.
    pub request_burst: u32,
    /// Queries and mutations that run at the same time.
    pub operations: usize,
    /// Sockets and event streams that are open at the same time.
    pub streams: usize,
}

/// A caller takes too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} of one caller: at most {most} {unit}")]
pub struct TooMany {
    what: &'static str,
    most: usize,
    unit: &'static str,
    /// When to try again.
    pub retry_after: Duration,
}

/// Counts what callers take.
pub struct Callers {
    options: CallerOptions,
    requests: Option<RateLimiter<Key>>,
    operations: Arc<Places>,
    streams: Arc<Places>,
    strangers: Arc<Semaphore>,
    strangers_by_address: Arc<Places>,
}

/// Whose takings count together: a service, whichever organisation it acts for; else a name within an organisation, so
/// that customers take nothing from each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Caller {
        method: AuthMethod,
        name: CallerName,
        org_id: Option<OrgId>,
    },
    /// Of whoever it is.
    Address(IpAddr),
}

#[derive(Default)]
struct Places {
    taken: Mutex<HashMap<Key, Taken>>,
}

/// What one of them has taken.
#[derive(Default)]
struct Taken {
    count: usize,
    turns: Turns,
}

/// A place that is taken until this is dropped.
pub struct Place {
    places: Arc<Places>,
    key: Key,
    /// Those of everything that takes such places for the same caller.
    turns: Turns,
}

/// The place of a socket whose caller is not known yet.
pub struct StrangersPlace {
    _of_all: OwnedSemaphorePermit,
    _of_address: Option<Place>,
}

impl Callers {
    /// Nobody has taken anything.
    pub fn new(options: CallerOptions) -> Self {
        let burst = NonZeroU32::new(options.request_burst).unwrap_or(NonZeroU32::MIN);
        let requests = NonZeroU32::new(options.requests_per_second)
            .map(|number| RateLimiter::new(Quota::new(number, Duration::from_secs(1), burst)));
        Self {
            options,
            requests,
            operations: Arc::default(),
            streams: Arc::default(),
            strangers: Arc::new(Semaphore::new(STRANGERS)),
            strangers_by_address: Arc::default(),
        }
    }

    /// Takes one request.
    pub fn request(&self, caller: &Caller, now: Stamp) -> Result<(), TooMany> {
        let Some(requests) = &self.requests else {
            return Ok(());
        };
        requests.take(Key::of(caller), now).map_err(|retry_after| {
            let most = self.options.requests_per_second as usize;
            refused("rate", "too many requests", most, "per second", retry_after)
        })
    }

    /// Takes the place of an operation that runs.
    pub fn operation(&self, caller: &Caller) -> Result<Place, TooMany> {
        let most = self.options.operations;
        let place = self.operations.take(Key::of(caller), most);
        let what = "too many queries and mutations";
        place.ok_or_else(|| refused("operations", what, most, "at the same time", SOON))
    }

    /// Takes the place of a stream that is open.
    pub fn stream(&self, caller: &Caller) -> Result<Place, TooMany> {
        let most = self.options.streams;
        let place = self.streams.take(Key::of(caller), most);
        let what = "too many open WebSockets and event streams";
        place.ok_or_else(|| refused("streams", what, most, "at the same time", SOON))
    }

    /// Takes the place of a socket whose caller is not known yet; `None` when there are too many. One address gets only a
    /// part of them; `None` is one that many share.
    pub fn stranger(&self, address: Option<IpAddr>) -> Option<StrangersPlace> {
        let place = self.strangers_place(address);
        if place.is_none() {
            count("strangers");
        }
        place
    }

    fn strangers_place(&self, address: Option<IpAddr>) -> Option<StrangersPlace> {
        let of_address = address.map(|address| {
            let key = Key::Address(address);
            self.strangers_by_address.take(key, STRANGERS_PER_ADDRESS)
        });
        let of_address = match of_address {
            Some(taken) => Some(taken?),
            None => None,
        };
        let of_all = Arc::clone(&self.strangers).try_acquire_owned().ok()?;
        Some(StrangersPlace {
            _of_all: of_all,
            _of_address: of_address,
        })
    }
}

fn refused(
    limit: &'static str,
    what: &'static str,
    most: usize,
    unit: &'static str,
    retry_after: Duration,
) -> TooMany {
    count(limit);
    TooMany {
        what,
        most,
        unit,
        retry_after,
    }
}

fn count(limit: &'static str) {
    metrics::counter!("connector_refusals_total", "limit" => limit).increment(1);
}

impl Key {
    fn of(caller: &Caller) -> Self {
        let is_service = caller.auth_method == AuthMethod::PreSharedKey;
        Self::Caller {
            method: caller.auth_method,
            name: caller.name.clone(),
            org_id: caller.org_id.clone().filter(|_| !is_service),
        }
    }
}

impl Places {
    /// Takes one of `most`, or any number where that is 0.
    fn take(self: &Arc<Self>, key: Key, most: usize) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = taken.entry(key.clone()).or_default();
        if most != 0 && taken.count >= most {
            return None;
        }
        taken.count += 1;
        Some(Place {
            places: Arc::clone(self),
            key,
            turns: taken.turns.clone(),
        })
    }
}

impl Place {
    /// The turns of everything that takes such places for the same caller.
    pub fn turns(&self) -> &Turns {
        &self.turns
    }

    /// Works on this in turn with everything else of the caller.
    pub fn fairly<F: Future>(&self, work: F) -> Fairly<F> {
        self.turns.fairly(work)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self
            .places
            .taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(of_key) = taken.get_mut(&self.key) {
            of_key.count -= 1;
            if of_key.count == 0 {
                taken.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn caller(method: AuthMethod, name: &str, org: &str) -> Caller {
        Caller {
            auth_method: method,
            name: CallerName::parse(name).expect("a name"),
            org_id: Some(OrgId::parse(org).expect("an id")),
            account_number: None,
            permissions: BTreeSet::new(),
            expires_at: None,
        }
    }

    fn callers(operations: usize, requests_per_second: u32) -> Callers {
        Callers::new(CallerOptions {
            requests_per_second,
            request_burst: 1,
            operations,
            streams: 1,
        })
    }

    #[test]
    fn a_place_is_free_again_when_what_took_it_ends() {
        let callers = callers(2, 0);
        let one = caller(AuthMethod::Jwt, "a", "1");
        let first = callers.operation(&one).expect("a place");
        let second = callers.operation(&one).expect("a place");
        let refused = callers.operation(&one).err().expect("refused");
        assert_eq!(refused.retry_after, SOON);
        assert!(refused.to_string().contains("at most 2 at the same time"));
        drop(first);
        let third = callers.operation(&one).expect("a place");
        drop((second, third));
        assert!(callers.operations.taken.lock().expect("whole").is_empty());
    }

    #[test]
    fn one_caller_takes_nothing_from_another_and_a_service_is_one_for_all_organisations() {
        let callers = callers(1, 10);
        let now = Stamp::from_millis(1_000_000);
        let same = |one: &Caller, other: &Caller| {
            let _place = callers.operation(one).expect("a place");
            let by_rate = callers.request(one, now).is_ok() && callers.request(other, now).is_err();
            assert_eq!(callers.operation(other).is_err(), by_rate);
            by_rate
        };
        let user = |name, org| caller(AuthMethod::IdentityHeader, name, org);
        assert!(!same(&user("a", "1"), &user("a", "2")));
        assert!(!same(&user("b", "1"), &user("c", "1")));
        assert!(!same(&user("d", "1"), &caller(AuthMethod::Jwt, "d", "1")));
        let service = |name, org| caller(AuthMethod::PreSharedKey, name, org);
        assert!(same(&service("s", "1"), &service("s", "2")));
        let refused = callers
            .request(&service("s", "3"), now)
            .expect_err("refused");
        assert_eq!(refused.retry_after, Duration::from_millis(100));
    }

    #[test]
    fn one_address_does_not_take_the_places_of_all_strangers() {
        let callers = callers(1, 0);
        let address = |last| Some(IpAddr::from([192, 0, 2, last]));
        let mut held: Vec<_> = (0..STRANGERS)
            .map(|_| callers.stranger(address(1)))
            .collect();
        held.retain(Option::is_some);
        assert_eq!(held.len(), STRANGERS_PER_ADDRESS);
        held.push(callers.stranger(address(2)));
        let shared = (0..STRANGERS).map(|_| callers.stranger(None));
        held.extend(shared);
        held.retain(Option::is_some);
        assert_eq!(held.len(), STRANGERS);
        assert!(callers.stranger(address(3)).is_none());
        drop(held);
        assert!(callers.stranger(address(1)).is_some());
    }

    #[test]
    fn zero_is_no_limit() {
        let callers = callers(0, 0);
        let one = caller(AuthMethod::Jwt, "a", "1");
        let places: Vec<_> = (0..1000).map(|_| callers.operation(&one)).collect();
        assert!(places.iter().all(Result::is_ok));
        let now = Stamp::default();
        assert!((0..1000).all(|_| callers.request(&one, now).is_ok()));
    }
}
