use super::*;
use crate::stamp::Stamp;
use std::time::Duration;

fn known(org: &str) -> Tenant {
    Tenant::Known(Account {
        org_id: OrgId::parse(org).expect("valid"),
        account_number: None,
    })
}

/// The directory does not know the device, so many minutes after the beginning.
fn unknown(minute: u64) -> Denial {
    Denial {
        answered_at: Stamp::default().plus(Duration::from_mins(minute)),
        trusted: true,
    }
}

/// What is left of a tenant after these answers.
fn after(denials: impl IntoIterator<Item = Denial>) -> (Tenant, Option<TenantDoubts>) {
    let before = (known("10000"), None);
    denials
        .into_iter()
        .fold(before, |(tenant, doubts), denial| {
            Tenant::after(Some(&tenant), doubts, &TenantLookup::Unknown(denial))
        })
}

#[test]
fn an_unavailable_directory_takes_no_tenant_away_and_gives_none() {
    let after = |current: Option<&Tenant>, lookup| Tenant::after(current, None, &lookup).0;
    let row = known("10000");
    assert_eq!(after(Some(&row), TenantLookup::Unavailable), row);
    assert_eq!(after(None, TenantLookup::Unavailable), Tenant::Pending);
    let unknown = TenantLookup::Unknown(unknown(0));
    assert_eq!(after(None, unknown.clone()), Tenant::None);
    assert_eq!(after(Some(&Tenant::Pending), unknown), Tenant::None);
    let Tenant::Known(account) = known("1") else {
        unreachable!("made known");
    };
    let found = TenantLookup::Known(account);
    assert_eq!(after(Some(&Tenant::Pending), found.clone()), known("1"));
    assert_eq!(after(Some(&Tenant::None), found), known("1"));
}

#[test]
fn a_tenant_is_taken_away_by_the_third_unknown_and_only_after_an_hour() {
    assert_eq!(after([0, 30].map(unknown)).0, known("10000"));
    assert_eq!(after([0, 30, 60].map(unknown)), (Tenant::None, None));
    assert_eq!(after([0, 600].map(unknown)).0, known("10000"), "only two");
    assert_eq!(after([0, 25, 50].map(unknown)).0, known("10000"), "sooner");
    assert_eq!(after([0, 25, 50, 75].map(unknown)).0, Tenant::None);
}

#[test]
fn one_answer_given_again_and_answers_close_together_count_once() {
    assert_eq!(after([0; 100].map(unknown)), after([unknown(0)]));
    assert_eq!(after([0, 61, 61, 62].map(unknown)).0, known("10000"));
    assert_eq!(after([0, 1, 2, 60].map(unknown)).0, known("10000"));
    assert_eq!(after([60, 30, 0].map(unknown)), after([unknown(60)]));
}

#[test]
fn an_answer_that_is_not_trusted_counts_neither_way() {
    let untrusted = |minute| Denial {
        trusted: false,
        ..unknown(minute)
    };
    let hours = (0..1000).map(|n| untrusted(n * 60));
    assert_eq!(after(hours), (known("10000"), None));
    let between = [unknown(0), untrusted(30), unknown(60)];
    assert_eq!(after(between), after([0, 60].map(unknown)));
}

#[test]
fn a_device_that_is_known_again_is_in_no_doubt() {
    let (tenant, doubts) = after([0, 30].map(unknown));
    let kept = Tenant::after(Some(&tenant), doubts, &TenantLookup::Unavailable);
    assert_eq!(kept, (tenant.clone(), doubts), "silence changes nothing");
    let Tenant::Known(account) = known("10000") else {
        unreachable!("made known");
    };
    let found = TenantLookup::Known(account);
    assert_eq!(Tenant::after(Some(&tenant), doubts, &found), (tenant, None));
}
