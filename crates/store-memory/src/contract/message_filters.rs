//! A store finds with a filter what `MessageFilter::matches` says it should.

use connector_domain::connection::StampRange;
use connector_domain::id::{CallerName, MessageId};
use connector_domain::message::{
    MessageDirection, MessageFilter, MessageKind, MessageOrder, MessageState,
};
use connector_domain::page::{Direction, PageRequest};

use super::Store;
use super::arrange::{at, client, message_id, scopes};
use super::mail::{keys, mail, sorted};

/// One filter of each kind and more, in every scope.
pub async fn every_filter_finds_what_it_matches(store: &impl Store) {
    let mail = mail(store).await;
    let mut found_any = 0;
    let filters = filters();
    for filter in &filters {
        for scope in scopes() {
            let passing = mail.iter().filter(|message| {
                scope.sees(message.org_id.as_ref()) && filter.matches(&message.view())
            });
            let expected = sorted(passing.cloned().collect(), Direction::Descending);
            let page = PageRequest::first(100);
            let order = MessageOrder::default();
            let found = store.message_page(&scope, filter, order, &page).await;
            assert_eq!(keys(&found.expect("read").items), expected, "{filter:?}");
            let count = store.message_count(&scope, filter).await.expect("read");
            assert_eq!(
                count,
                i64::try_from(expected.len()).expect("small"),
                "{filter:?}"
            );
            found_any += usize::from(!expected.is_empty());
        }
    }
    assert!(
        found_any > filters.len(),
        "the filters find something: {found_any}"
    );
}

fn filters() -> Vec<MessageFilter> {
    let mut filters = vec![MessageFilter::default()];
    filters.extend(by_device_and_kind());
    filters.extend(by_progress());
    filters.extend(by_name());
    filters.extend(by_time());
    filters
}

fn by_device_and_kind() -> Vec<MessageFilter> {
    let base = MessageFilter::default;
    let directives = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect());
    vec![
        MessageFilter {
            client_ids: Some(vec![client("host-1"), client("nobody")]),
            ..base()
        },
        MessageFilter {
            client_ids: Some(vec![]),
            ..base()
        },
        MessageFilter {
            direction: Some(MessageDirection::ToDevice),
            ..base()
        },
        MessageFilter {
            direction: Some(MessageDirection::FromDevice),
            ..base()
        },
        MessageFilter {
            kinds: Some(vec![MessageKind::Event, MessageKind::Command]),
            ..base()
        },
        MessageFilter {
            kinds: Some(vec![]),
            ..base()
        },
        MessageFilter {
            directives: directives(&["echo", "none"]),
            ..base()
        },
        MessageFilter {
            directives: directives(&["ECHO"]),
            ..base()
        },
        MessageFilter {
            directives: directives(&[]),
            ..base()
        },
    ]
}

fn by_progress() -> Vec<MessageFilter> {
    use MessageState::{Failed, Published, Queued, Responded, Unconfirmed};
    let states: [&[MessageState]; 4] = [
        &[Queued, Failed],
        &[Responded],
        &[Unconfirmed, Published],
        &[],
    ];
    let by_state = states.map(|states| MessageFilter {
        states: Some(states.to_vec()),
        ..MessageFilter::default()
    });
    by_state.into()
}

fn by_name() -> Vec<MessageFilter> {
    let base = MessageFilter::default;
    let caller = |name: &str| Some(CallerName::parse(name).expect("a name"));
    let ids = |ids: &[u128]| -> Option<Vec<MessageId>> {
        Some(ids.iter().map(|&n| message_id(n)).collect())
    };
    vec![
        MessageFilter {
            message_ids: ids(&[1_000, 998, 1]),
            ..base()
        },
        MessageFilter {
            message_ids: ids(&[]),
            ..base()
        },
        MessageFilter {
            response_to: Some(message_id(1_000)),
            ..base()
        },
        MessageFilter {
            response_to: Some(message_id(1)),
            ..base()
        },
        MessageFilter {
            sent_by: caller("Sérvice 'b'"),
            ..base()
        },
        MessageFilter {
            sent_by: caller("nobody"),
            ..base()
        },
    ]
}

fn by_time() -> Vec<MessageFilter> {
    let range = |from: Option<i64>, to: Option<i64>| StampRange {
        from: from.map(at),
        to: to.map(at),
    };
    let ranges = [
        range(Some(3), None),
        range(None, Some(3)),
        range(Some(3), Some(5)),
    ];
    let mut filters: Vec<MessageFilter> = ranges.into_iter().map(within).collect();
    filters.push(MessageFilter {
        direction: Some(MessageDirection::ToDevice),
        states: Some(vec![MessageState::Published, MessageState::Responded]),
        ..within(range(None, Some(8)))
    });
    filters
}

fn within(range: StampRange) -> MessageFilter {
    MessageFilter {
        created_at: Some(range),
        ..MessageFilter::default()
    }
}
