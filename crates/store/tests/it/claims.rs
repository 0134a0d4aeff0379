//! Blocks that several processes take: each block once, and no more of them at a time than fit into memory.
use crate::help::NOW;
use std::collections::BTreeSet;
use store::{Append, BlockIn, Claimed, Most, Store};
use testkit::db::on_postgres;

/// A block of one event for each of these sizes.
async fn blocks(store: &Store, raw_bytes: &[i64]) {
    for (first_id, &raw_bytes) in (1..).zip(raw_bytes) {
        let block = BlockIn { first_id, count: 1, bytes: vec![first_id as u8; 300], raw_bytes };
        let what = Append { block: Some(block), ..Default::default() };
        store.journal_append(&what, NOW).await.unwrap();
    }
}

async fn take(store: &Store, blocks: usize, raw_bytes: i64, but: &[i64]) -> Claimed {
    let but: BTreeSet<i64> = but.iter().copied().collect();
    store.claim_blocks(false, Most { blocks, raw_bytes }, &but).await.unwrap()
}

/// The places of the blocks, and whether there may be more.
fn seqs(taken: &Claimed) -> (Vec<i64>, bool) {
    (taken.blocks.iter().map(|b| b.seq).collect(), taken.full)
}

#[test]
fn a_claim_ends_with_its_bytes_and_holds_nothing_else() {
    on_postgres(|db| async move {
        blocks(&db.store, &[10, 10, 90, 10, 90, 10, 10]).await;
        let mut held = Vec::new();
        // the third is larger than a claim, and goes with what is before it or alone
        for wanted in [(vec![1, 2], true), (vec![3], true), (vec![4, 5], true), (vec![6, 7], false)]
        {
            let taken = take(&db.store, 4, 20, &[]).await;
            assert_eq!(seqs(&taken), wanted);
            assert!(taken.blocks.iter().all(|b| b.bytes == vec![b.seq as u8; 300]));
            held.push(taken);
        }
        assert_eq!(seqs(&take(&db.store, 4, 20, &[]).await), (vec![], false));

        let mut second = held.remove(1);
        second.tx.mark_detected(3).await.unwrap();
        second.tx.commit().await.unwrap();
        assert_eq!(seqs(&take(&db.store, 4, 20, &[]).await), (vec![], false), "it was detected");
        let most = Most { blocks: 4, raw_bytes: 20 };
        let detected = db.store.claim_blocks(true, most, &BTreeSet::new()).await.unwrap();
        assert_eq!(seqs(&detected), (vec![3], false));
    });
}

#[test]
fn a_claim_ends_with_its_blocks_and_passes_over_some() {
    on_postgres(|db| async move {
        blocks(&db.store, &[90, 10, 90, 10, 10, 10]).await;
        let taken = take(&db.store, 3, 1_000, &[1, 3]).await;
        assert_eq!(seqs(&taken), (vec![2, 4, 5], true));
        taken.tx.commit().await.unwrap();
        let taken = take(&db.store, 3, 20, &[1, 3]).await;
        assert_eq!(seqs(&taken), (vec![2, 4], true), "what is passed over counts for nothing");
        taken.tx.commit().await.unwrap();
        assert_eq!(seqs(&take(&db.store, 3, 20, &[1, 2, 3, 4, 5, 6]).await), (vec![], false));
    });
}
