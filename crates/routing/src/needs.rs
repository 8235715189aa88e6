//! What someone in line needs of who answers: skills with levels, and how that relaxes the longer they wait (Q1).

use base::OperatorId;

use crate::{Language, Queue, Relax, Relaxes, Skill};

/// What stands between a skill and its level.
const LEVEL: char = '=';

impl Skill {
    /// The skill of speaking a language.
    pub fn language(language: &Language) -> Self {
        Skill(format!("lang:{language}"))
    }

    /// The skill of knowing a topic.
    pub fn topic(topic: &str) -> Self {
        Skill(format!("topic:{topic}"))
    }

    /// To be this operator and no other.
    pub(crate) fn operator(operator: &OperatorId) -> Self {
        Skill(format!("operator:{operator}"))
    }

    /// The same at a level.
    #[must_use]
    pub fn at_level(self, level: u8) -> Self {
        let name = self.name();
        Skill(if level > 1 { format!("{name}{LEVEL}{level}") } else { name.to_owned() })
    }

    /// Without its level.
    pub fn name(&self) -> &str {
        self.0.split(LEVEL).next().unwrap_or_default()
    }

    /// How well it is had, or must be; 1 where nothing is said.
    pub fn level(&self) -> u8 {
        self.0.split_once(LEVEL).and_then(|(_, level)| level.parse().ok()).unwrap_or(1)
    }

    /// Whether whoever has it can do what is needed.
    pub fn meets(&self, need: &Skill) -> bool {
        self.name() == need.name() && self.level() >= need.level()
    }

    /// Whether it is speaking some language.
    pub fn is_language(&self) -> bool {
        self.0.starts_with("lang:")
    }

    /// Whether it binds whoever has it to the queues that ask for it.
    pub fn is_queue(&self) -> bool {
        self.0.starts_with("queue:")
    }

    /// The operator whom it names, if it does.
    pub(crate) fn as_operator(&self) -> Option<&str> {
        self.0.strip_prefix("operator:")
    }

    fn is(&self, what: Relaxes) -> bool {
        match what {
            Relaxes::LastOperator => self.as_operator().is_some(),
            Relaxes::Topic => self.0.starts_with("topic:"),
            Relaxes::Language => self.is_language(),
        }
    }
}

impl Queue {
    /// What an operator needs at first to take a caller of this language and topic.
    pub(crate) fn needs(&self, language: &Language, topic: Option<&str>) -> Vec<Skill> {
        let mut needs = self.skills.clone();
        needs.push(Skill::language(language).at_level(self.language_level));
        let topic = topic.filter(|_| self.topic_level > 0);
        needs.extend(topic.map(|topic| Skill::topic(topic).at_level(self.topic_level)));
        needs
    }

    /// Whether a caller is held for whom they spoke with last.
    pub(crate) fn prefers_last_operator(&self) -> bool {
        self.relax.iter().any(|step| step.what == Relaxes::LastOperator)
    }

    /// What is left of it when a wait has gone through all steps that it may.
    pub(crate) fn needs_at_last(&self, needs: &[Skill], may: impl Fn(&Relax) -> bool) -> Vec<Skill> {
        let steps = self.relax.iter().filter(|step| may(step));
        steps.fold(needs.to_vec(), |needs, step| step.relax(&needs))
    }
}

impl Relax {
    /// From then on the caller's language does not matter.
    pub(crate) fn gives_language_up(&self) -> bool {
        self.what == Relaxes::Language && self.level == 0
    }

    /// The same with less asked for; never with more.
    pub(crate) fn relax(&self, needs: &[Skill]) -> Vec<Skill> {
        let less = |need: &Skill| match self.level {
            _ if !need.is(self.what) => Some(need.clone()),
            0 => None,
            level => Some(need.clone().at_level(need.level().min(level))),
        };
        needs.iter().filter_map(less).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn skill(text: &str) -> Skill {
        Skill(text.to_owned())
    }

    #[test]
    fn a_level_is_met_by_itself_and_by_higher_ones() {
        assert!(skill("topic:wages=2").meets(&skill("topic:wages=2")));
        assert!(
            skill("topic:wages=3").meets(&skill("topic:wages=2"))
                && skill("topic:wages=2").meets(&skill("topic:wages"))
        );
        assert!(!skill("topic:wages").meets(&skill("topic:wages=2")), "without a level it is 1");
        assert!(!skill("topic:wages=9").meets(&skill("topic:injury")));
        assert_eq!(skill("topic:wages=2").at_level(1), skill("topic:wages"));
    }

    #[test]
    fn a_step_asks_for_less_and_never_for_more() {
        let needs = ["lang:yue=2", "topic:wages=2", "operator:li"].map(skill);
        let step = |what, level| Relax { after: Duration::ZERO, what, level };
        let left =
            |what, level| step(what, level).relax(&needs).into_iter().map(|need| need.0).collect::<Vec<_>>().join(" ");
        assert_eq!(left(Relaxes::Topic, 1), "lang:yue=2 topic:wages operator:li");
        assert_eq!(left(Relaxes::Topic, 3), "lang:yue=2 topic:wages=2 operator:li");
        assert_eq!(left(Relaxes::Topic, 0), "lang:yue=2 operator:li");
        assert_eq!(left(Relaxes::Language, 1), "lang:yue topic:wages=2 operator:li");
        assert_eq!(left(Relaxes::LastOperator, 0), "lang:yue=2 topic:wages=2");
    }
}
