//! What every store must do, as one test per behaviour.
//!
//! A store's crate calls [`store_contract_tests!`](crate::store_contract_tests) in its tests with an expression that
//! makes an empty store; a behaviour that two stores could disagree on belongs here rather than there.

use connector_domain::port::{
    AuditLedger, AuditReader, BlockLedger, BlockReader, ConnectionLedger, ConnectionReader,
    MessageLedger, MessageReader, MessageSender,
};

mod arrange;
mod fleet;
mod mail;
mod walk;

pub mod accounts;
pub mod arrivals;
pub mod audit;
pub mod blocks;
pub mod changes;
pub mod connection_filters;
pub mod connection_pages;
pub mod jobs;
pub mod liveness;
pub mod message_filters;
pub mod message_lists;
pub mod restoring;
pub mod sending;
pub mod state_history;
pub mod stats;
pub mod tenancy;
pub mod texts;

/// Everything that a store is.
pub trait Store:
    AuditLedger
    + AuditReader
    + BlockLedger
    + BlockReader
    + ConnectionLedger
    + ConnectionReader
    + MessageLedger
    + MessageReader
    + MessageSender
{
}

impl<S> Store for S where
    S: AuditLedger
        + AuditReader
        + BlockLedger
        + BlockReader
        + ConnectionLedger
        + ConnectionReader
        + MessageLedger
        + MessageReader
        + MessageSender
{
}

/// One test per behaviour, each on a store of its own. The expression is a future of a pointer to an empty store: a
/// `Box`, or a guard that keeps what the store needs.
#[macro_export]
macro_rules! store_contract_tests {
    ($make:expr) => {
        $crate::store_contract_tests! { $make;
            changes:
                first_online_appears_and_is_told_with_its_record,
                each_change_adds_one_version_and_what_stays_the_same_adds_none,
                replay_changes_nothing_and_tells_again_exactly_what_was_not_told,
                records_out_of_order_and_repeated_ids_are_folded_away,
                a_batch_of_many_devices_is_written_whole,
                an_absent_field_clears_what_it_said_before,
                an_empty_batch_is_nothing;
            liveness:
                touch_moves_last_seen_on_and_never_back,
                touch_is_seen_by_the_fold,
                presence_is_as_of_the_partition_furthest_behind,
                progress_of_partitions_that_are_gone_is_forgotten,
                the_newest_stamp_is_the_greatest_of_all,
                a_store_answers_pings;
            tenancy:
                devices_without_a_tenant_are_in_no_read,
                devices_of_others_are_in_no_read,
                a_device_is_visible_once_adopted_and_its_past_stays_hidden,
                devices_without_a_tenant_are_found_to_be_looked_up_again,
                a_tenant_is_taken_away_by_answers_an_hour_apart,
                messages_of_others_are_in_no_read,
                messages_stay_with_the_organisation_they_happened_under;
            connection_filters:
                every_filter_finds_what_it_matches,
                empty_lists_find_nothing;
            connection_pages:
                every_order_walks_the_whole_list_once_from_either_end,
                a_page_between_two_keys_holds_what_lies_between,
                a_key_of_another_order_is_refused;
            stats:
                counts_are_those_of_the_devices_that_pass,
                groups_come_largest_first_and_are_limited;
            accounts:
                customers_are_those_with_devices,
                a_customers_number_is_that_of_the_device_changed_last;
            state_history:
                only_changes_of_state_are_history_newest_first,
                each_device_has_its_own_page;
            texts:
                odd_characters_come_back_as_they_were,
                content_comes_back_digit_for_digit;
            audit:
                the_entry_of_a_message_is_kept_with_it_and_a_retry_adds_none,
                an_entry_comes_back_as_it_was_and_is_added_once,
                the_trail_is_walked_whole_from_either_end_newest_first,
                every_filter_of_entries_finds_what_it_matches,
                entries_of_others_and_of_nobody_are_in_no_read;
            blocks:
                a_block_holds_until_it_is_lifted_and_stays_known_afterwards,
                one_block_holds_at_a_time_and_what_changes_nothing_leaves_no_entry,
                a_block_is_shown_to_the_organisation_that_laid_it_while_it_holds,
                the_blocks_that_hold_are_listed_by_client_id;
            sending:
                an_accepted_message_is_read_back_with_its_timeline,
                the_same_request_again_is_repeated_and_another_is_a_conflict,
                an_id_used_by_another_organisation_is_a_conflict_only_on_the_same_device,
                steps_are_taken_in_sequence_and_impossible_ones_are_refused,
                a_step_of_a_message_that_is_not_there_is_refused;
            arrivals:
                an_arrival_is_stored_under_the_organisation_of_its_device,
                an_answer_moves_the_message_it_answers,
                an_answer_from_another_device_does_not_count,
                a_late_answer_moves_an_unconfirmed_message_and_none_moves_a_final_one,
                a_replayed_arrival_is_stored_once_and_tells_what_was_not_told,
                the_same_wire_id_is_stored_once_unless_it_is_empty;
            jobs:
                what_is_not_told_is_found_until_it_is,
                a_step_missed_is_told_as_it_left_the_message,
                abandoned_messages_are_claimed_once,
                messages_past_their_time_expire;
            message_filters:
                every_filter_finds_what_it_matches;
            message_lists:
                both_orders_walk_the_whole_list_once_from_either_end,
                each_device_has_its_own_page,
                each_message_has_its_own_answers,
                an_id_finds_what_was_sent_before_what_arrived;
        }
    };
    ($make:expr; $($area:ident: $($behaviour:ident),+;)+) => {
        $(
            mod $area {
                use super::*;
                $(
                    #[tokio::test]
                    async fn $behaviour() {
                        let store = $make.await;
                        $crate::contract::$area::$behaviour(&*store).await;
                    }
                )+
            }
        )+
    };
}

/// The tests of [`ConnectionRestorer`](connector_domain::port::ConnectionRestorer), beside those of
/// [`store_contract_tests!`](crate::store_contract_tests).
#[macro_export]
macro_rules! restorer_contract_tests {
    ($make:expr) => {
        $crate::store_contract_tests! { $make;
            restoring:
                restored_records_are_as_they_were_and_tell_nothing,
                a_record_that_is_not_above_the_stored_one_changes_nothing,
                a_restored_record_counts_as_changed_with_its_version,
                a_scan_reaches_every_record_in_the_order_of_bytes,
                a_forgotten_record_is_gone_and_its_history_stays,
                a_forgotten_device_comes_back_with_versions_that_were_not_given_before,
                a_restored_record_is_no_version_before_its_history;
        }
    };
}
