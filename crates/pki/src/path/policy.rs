//! Certificate policies (RFC 5280 6.1), with the graph of RFC 9618 in place of the tree, whose size can be exponential.

use super::reason::PathReason;
use crate::certificate::Certificate;
use crate::oid;
use der::asn1::ObjectIdentifier;

/// What the one who asks demands of policies (RFC 5280 6.1.1 c, e, f, g).
#[derive(Clone, Copy, Debug, Default)]
pub struct PolicyInputs<'a> {
    /// user-initial-policy-set; empty stands for any-policy.
    pub acceptable: &'a [ObjectIdentifier],
    /// initial-explicit-policy: the path must hold for one of them.
    pub explicit: bool,
    /// initial-policy-mapping-inhibit.
    pub inhibit_mapping: bool,
    /// initial-any-policy-inhibit.
    pub inhibit_any: bool,
}

/// The user-constrained-policy-set of a path from the top down to the leaf, or why there is none.
///
/// `anchor` brings the constraints it carries itself (RFC 5937); `path` is without it, the leaf last.
pub(super) fn check(
    anchor: &Certificate,
    path: &[&Certificate],
    inputs: &PolicyInputs<'_>,
) -> Result<Vec<ObjectIdentifier>, (PathReason, usize)> {
    let most = u32::try_from(path.len()).unwrap_or(u32::MAX).saturating_add(1);
    let start = |inhibited: bool| if inhibited { 0 } else { most };
    let mut state = State {
        graph: Some(Graph::new()),
        explicit: start(inputs.explicit),
        mapping: start(inputs.inhibit_mapping),
        any: start(inputs.inhibit_any),
    };
    state.constrain(anchor);
    for (index, certificate) in path.iter().enumerate() {
        let last = index + 1 == path.len();
        let fail = |()| (PathReason::PolicyConstraints, index);
        state.take(certificate, last).map_err(fail)?;
        if last {
            state.explicit = state.explicit.saturating_sub(1);
            if certificate.policy_constraints().require_explicit == Some(0) {
                state.explicit = 0;
            }
        } else {
            state.prepare(certificate).map_err(fail)?;
        }
    }
    let policies = state.graph.map(|graph| graph.constrained_by(inputs.acceptable)).unwrap_or_default();
    if state.explicit == 0 && policies.is_empty() {
        return Err((PathReason::PolicyConstraints, path.len().saturating_sub(1)));
    }
    Ok(policies)
}

struct State {
    graph: Option<Graph>,
    explicit: u32,
    mapping: u32,
    any: u32,
}

impl State {
    /// 6.1.3 d to f.
    fn take(&mut self, certificate: &Certificate, last: bool) -> Result<(), ()> {
        let any_counts = self.any > 0 || (!last && certificate.is_self_issued());
        self.graph = match (self.graph.take(), certificate.policies()) {
            (Some(graph), Some(policies)) => graph.grow(policies, any_counts),
            _ => None,
        };
        if self.explicit == 0 && self.graph.is_none() { Err(()) } else { Ok(()) }
    }

    /// 6.1.4 a, b, h, i, j.
    fn prepare(&mut self, certificate: &Certificate) -> Result<(), ()> {
        let mappings = certificate.policy_mappings();
        if mappings.iter().any(|(from, to)| [*from, *to].contains(&oid::ANY_POLICY)) {
            return Err(());
        }
        if !mappings.is_empty()
            && let Some(graph) = self.graph.take()
        {
            self.graph = if self.mapping > 0 { Some(graph.map(mappings)) } else { graph.without(mappings) };
        }
        if !certificate.is_self_issued() {
            self.explicit = self.explicit.saturating_sub(1);
            self.mapping = self.mapping.saturating_sub(1);
            self.any = self.any.saturating_sub(1);
        }
        self.constrain(certificate);
        Ok(())
    }

    fn constrain(&mut self, certificate: &Certificate) {
        let constraints = certificate.policy_constraints();
        let lower = |value: &mut u32, to: Option<u32>| *value = to.map_or(*value, |to| to.min(*value));
        lower(&mut self.explicit, constraints.require_explicit);
        lower(&mut self.mapping, constraints.inhibit_mapping);
        lower(&mut self.any, certificate.inhibit_any_policy());
    }
}

struct Node {
    policy: ObjectIdentifier,
    expected: Vec<ObjectIdentifier>,
    /// Indices into the level above.
    parents: Vec<usize>,
    alive: bool,
}

/// Levels of nodes, the root first; at most one node a policy and level, so the size grows with the certificates only.
struct Graph(Vec<Vec<Node>>);

impl Graph {
    fn new() -> Self {
        Self(vec![vec![Node::new(oid::ANY_POLICY, Vec::new())]])
    }

    fn last(&self) -> impl Iterator<Item = (usize, &Node)> {
        self.0.last().into_iter().flatten().enumerate().filter(|(_, node)| node.alive)
    }

    /// 6.1.3 d: one more level, by the policies of one more certificate.
    fn grow(mut self, policies: &[ObjectIdentifier], any_counts: bool) -> Option<Self> {
        let mut level: Vec<Node> = Vec::new();
        let expecting = |policy: ObjectIdentifier| -> Vec<usize> {
            self.last().filter(|(_, node)| node.expected.contains(&policy)).map(|(index, _)| index).collect()
        };
        let any_parent = self.last().find(|(_, node)| node.policy == oid::ANY_POLICY).map(|(index, _)| index);
        for policy in policies.iter().filter(|policy| **policy != oid::ANY_POLICY) {
            let parents = expecting(*policy);
            match (parents.is_empty(), any_parent) {
                (false, _) => level.push(Node::new(*policy, parents)),
                (true, Some(any)) => level.push(Node::new(*policy, vec![any])),
                (true, None) => {}
            }
        }
        if any_counts && policies.contains(&oid::ANY_POLICY) {
            let mut expected: Vec<_> = self.last().flat_map(|(_, node)| node.expected.iter().copied()).collect();
            expected.sort();
            expected.dedup();
            for policy in expected {
                if level.iter().all(|node| node.policy != policy) {
                    level.push(Node::new(policy, expecting(policy)));
                }
            }
        }
        self.0.push(level);
        self.prune()
    }

    /// 6.1.4 b 1: from now on other names stand for these policies.
    fn map(mut self, mappings: &[(ObjectIdentifier, ObjectIdentifier)]) -> Self {
        let depth = self.0.len() - 1;
        let any = self.last().find(|(_, node)| node.policy == oid::ANY_POLICY).map(|(index, _)| index);
        // anyPolicy's parents are anyPolicy of the level above.
        let any_parents = any.map(|index| self.0[depth][index].parents.clone());
        for (from, _) in mappings {
            let targets: Vec<_> = mappings.iter().filter(|(other, _)| other == from).map(|(_, to)| *to).collect();
            let level = &mut self.0[depth];
            match (level.iter_mut().find(|node| node.alive && node.policy == *from), &any_parents) {
                (Some(node), _) => node.expected = targets,
                (None, Some(parents)) => {
                    let node = Node::new(*from, parents.clone());
                    level.push(Node { expected: targets, ..node });
                }
                (None, None) => {}
            }
        }
        self
    }

    /// 6.1.4 b 2: mapping is inhibited, so the mapped policies end here.
    fn without(mut self, mappings: &[(ObjectIdentifier, ObjectIdentifier)]) -> Option<Self> {
        if let Some(level) = self.0.last_mut() {
            for node in level.iter_mut() {
                node.alive &= mappings.iter().all(|(from, _)| *from != node.policy);
            }
        }
        self.prune()
    }

    /// Removes nodes above the last level that have no children left; `None` when the root goes.
    fn prune(mut self) -> Option<Self> {
        for depth in (0..self.0.len() - 1).rev() {
            let (above, below) = self.0.split_at_mut(depth + 1);
            for (index, node) in above[depth].iter_mut().enumerate() {
                node.alive &= below[0].iter().any(|child| child.alive && child.parents.contains(&index));
            }
        }
        let alive = self.0[0][0].alive && self.last().next().is_some();
        alive.then_some(self)
    }

    /// 6.1.5 g: the policies under which the path holds, as the anchor's domain names them.
    fn constrained_by(&self, acceptable: &[ObjectIdentifier]) -> Vec<ObjectIdentifier> {
        let mut found: Vec<ObjectIdentifier> = Vec::new();
        for (above, level) in self.0.iter().zip(&self.0[1..]) {
            for node in level.iter().filter(|node| node.alive && node.policy != oid::ANY_POLICY) {
                let rooted = matches!(node.parents.as_slice(), [parent] if above[*parent].policy == oid::ANY_POLICY);
                if rooted && !found.contains(&node.policy) {
                    found.push(node.policy);
                }
            }
        }
        let any = self.last().any(|(_, node)| node.policy == oid::ANY_POLICY);
        if acceptable.is_empty() || acceptable.contains(&oid::ANY_POLICY) {
            found.extend(any.then_some(oid::ANY_POLICY));
            return found;
        }
        acceptable.iter().copied().filter(|policy| any || found.contains(policy)).collect()
    }
}

impl Node {
    fn new(policy: ObjectIdentifier, parents: Vec<usize>) -> Self {
        Self { policy, expected: vec![policy], parents, alive: true }
    }
}
