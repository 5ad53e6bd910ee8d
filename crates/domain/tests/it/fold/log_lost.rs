//! Kafka is emptied or recreated while the database stays: offsets start at 0 again, perhaps on another partition, and
//! stamps go on growing.

use proptest::prelude::*;

use super::expected::Expected;
use super::story::{Reader, anything, records};

proptest! {
    #[test]
    fn a_recreated_log_goes_on_where_the_lost_one_ended(
        before in anything(30),
        after in anything(30),
        partition in 0..3_i32,
        restarts in prop::collection::vec(any::<(prop::sample::Index, prop::sample::Index)>(), 0..4),
    ) {
        let lost = records(&before, 0, 5_000, 1_000);
        let new = records(&after, partition, 0, 1_000_000);
        let mut reader = Reader::of(&lost);
        let mut acknowledged = 0;
        for (end, restart) in restarts {
            let end = acknowledged + end.index(new.len() - acknowledged + 1);
            reader.read(&new[acknowledged..end]);
            acknowledged = restart.index(end + 1);
        }
        reader.read(&new[acknowledged..]);
        let both = [lost, new].concat();
        prop_assert_eq!(Expected::found(&reader), Expected::of(&both));
        prop_assert_eq!(reader.changes, Reader::of(&both).changes);
    }
}
