//! Who the devices of a demonstration are: hosts of six kinds at four sites.

use std::collections::BTreeMap;

use connector_device::Profile;
use serde_json::{Value, json};

use super::habit::Habit;
use super::news::News;

/// A kind of host.
struct Kind {
    name: &'static str,
    environment: &'static str,
    client_version: &'static str,
    /// Beside `echo`, each with its version.
    dispatchers: &'static [(&'static str, &'static str)],
    habit: Habit,
    news: Option<News>,
}

const KINDS: [Kind; 6] = [
    Kind {
        name: "web",
        environment: "production",
        client_version: "0.4.8",
        dispatchers: &[
            ("rhc-worker-playbook", "0.2.3"),
            ("package-manager", "0.4.8"),
        ],
        habit: Habit::Stays,
        news: None,
    },
    Kind {
        name: "till",
        environment: "production",
        client_version: "0.2.4",
        dispatchers: &[],
        habit: Habit::LosesLink,
        news: None,
    },
    Kind {
        name: "db",
        environment: "production",
        client_version: "0.4.5",
        dispatchers: &[("rhc-worker-playbook", "0.1.8")],
        habit: Habit::Stays,
        news: Some(News::Load),
    },
    Kind {
        name: "sensor",
        environment: "production",
        client_version: "0.2.3",
        dispatchers: &[("climate", "1.0")],
        habit: Habit::Stays,
        news: Some(News::Climate),
    },
    Kind {
        name: "laptop",
        environment: "office",
        client_version: "0.4.8",
        dispatchers: &[("package-manager", "0.4.8")],
        habit: Habit::TakesLeave,
        news: None,
    },
    Kind {
        name: "build",
        environment: "staging",
        client_version: "0.4.9",
        dispatchers: &[("rhc-worker-playbook", "0.2.3")],
        habit: Habit::Stays,
        news: None,
    },
];

/// Where hosts stand: as their names say it, and in full.
const SITES: [(&str, &str); 4] = [
    ("ber", "Berlin"),
    ("bos", "Boston"),
    ("pnq", "Pune"),
    ("syd", "Sydney"),
];

/// One host.
#[derive(Clone, Copy)]
pub(super) struct Host {
    kind: &'static Kind,
    site: usize,
    number: usize,
}

impl Host {
    /// The host at a place in the list of all, which has no end.
    pub(super) fn of(place: u16) -> Self {
        let place = usize::from(place);
        let of_its_kind = place / KINDS.len();
        Self {
            kind: &KINDS[place % KINDS.len()],
            site: of_its_kind % SITES.len(),
            number: of_its_kind / SITES.len() + 1,
        }
    }

    pub(super) fn habit(self) -> Habit {
        self.kind.habit
    }

    pub(super) fn news(self) -> Option<News> {
        self.kind.news
    }

    pub(super) fn client_id(self) -> String {
        let (site, _) = SITES[self.site];
        format!("{}-{:02}-{site}", self.kind.name, self.number)
    }

    /// What it says of itself.
    pub(super) fn profile(self) -> Profile {
        let (site, city) = SITES[self.site];
        let (kind, number) = (self.kind, self.number);
        let mut profile = Profile::of(&self.client_id());
        profile.facts["fqdn"] = json!(format!("{}-{number:02}.{site}.example.com", kind.name));
        let tags = [
            ("city", city),
            ("environment", kind.environment),
            ("role", kind.name),
        ];
        profile
            .tags
            .extend(tags.map(|(key, value)| (key.to_owned(), value.to_owned())));
        profile.dispatchers.extend(workers(kind.dispatchers));
        "yggdrasil".clone_into(&mut profile.client_name);
        kind.client_version.clone_into(&mut profile.client_version);
        profile
    }
}

fn workers(named: &[(&str, &str)]) -> BTreeMap<String, Value> {
    let workers = named.iter();
    workers
        .map(|(name, version)| ((*name).to_owned(), json!({"version": version})))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use connector_domain::id::ClientId;

    use super::*;

    #[test]
    fn every_host_has_a_name_of_its_own_that_a_device_may_have() {
        let names: BTreeSet<_> = (0..1000).map(|place| Host::of(place).client_id()).collect();
        assert_eq!(names.len(), 1000);
        assert!(
            names
                .iter()
                .all(|name| ClientId::parse(name.as_str()).is_ok())
        );
    }

    #[test]
    fn a_host_says_of_itself_what_its_name_says() {
        let profile = Host::of(13).profile();
        assert_eq!(profile.facts["fqdn"], "till-01.pnq.example.com");
        assert_eq!(profile.tags["city"], "Pune");
        assert!(profile.dispatchers.contains_key("echo"));
    }
}
