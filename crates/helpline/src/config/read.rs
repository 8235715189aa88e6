//! Reads typed settings out of a tree of values, telling every fault instead of the first.

use std::collections::BTreeMap;

use toml::Value;

use super::document::Places;
use super::fault::Fault;
use super::suggest::suggest;

/// A value with its dotted key.
pub(super) struct Node<'a> {
    /// What was written.
    pub(super) value: &'a Value,
    /// Under which key.
    pub(super) key: String,
    /// Where all keys of its document stand.
    pub(super) places: &'a Places,
}

/// What can be read from a value. Pushes at least one fault when it gives nothing.
pub(super) trait Read: Sized {
    /// Reads it.
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self>;
}

impl<'a> Node<'a> {
    /// A fault at this value.
    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        self.places.fault(&self.key, message)
    }

    /// The value as a table whose keys are all known.
    pub(super) fn fields(&self, known: &[&str], faults: &mut Vec<Fault>) -> Option<Fields<'a>> {
        let Value::Table(table) = self.value else {
            faults.push(self.fault("must be a table of settings"));
            return None;
        };
        let fields = Fields { table, key: self.key.clone(), places: self.places };
        fields.refuse_unknown(known, faults);
        Some(fields)
    }

    /// The value as text.
    pub(super) fn text(&self, what: &str, faults: &mut Vec<Fault>) -> Option<&'a str> {
        match self.value {
            Value::String(text) if !text.trim().is_empty() => Some(text),
            Value::String(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Datetime(_)
            | Value::Array(_)
            | Value::Table(_) => {
                faults.push(self.fault(format!("must be {what}, in quotes")));
                None
            }
        }
    }

    /// The value as text that `parse` accepts.
    pub(super) fn parsed<T>(
        &self,
        what: &str,
        faults: &mut Vec<Fault>,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(what, faults)?;
        let value = parse(text);
        if value.is_none() {
            faults.push(self.fault(format!("\"{text}\" is not {what}")));
        }
        value
    }

    /// The value as a whole number between two bounds, both included.
    pub(super) fn whole(&self, least: i64, most: i64, faults: &mut Vec<Fault>) -> Option<i64> {
        let number = match self.value {
            Value::Integer(number) => Some(*number),
            Value::String(text) if self.places.in_environment(&self.key) => text.trim().parse().ok(),
            Value::String(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Datetime(_)
            | Value::Array(_)
            | Value::Table(_) => None,
        };
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            faults.push(self.fault(format!("must be a whole number from {least} to {most}")));
        }
        number
    }
}

/// A table whose unknown keys have been refused.
pub(super) struct Fields<'a> {
    table: &'a toml::Table,
    key: String,
    places: &'a Places,
}

impl<'a> Fields<'a> {
    /// The top of a document.
    pub(super) fn top(
        tree: &'a toml::Table,
        places: &'a Places,
        known: &[&str],
        faults: &mut Vec<Fault>,
    ) -> Fields<'a> {
        let fields = Fields { table: tree, key: String::new(), places };
        fields.refuse_unknown(known, faults);
        fields
    }

    /// A setting that must be there.
    pub(super) fn required<T: Read>(&self, key: &str, faults: &mut Vec<Fault>) -> Option<T> {
        let Some(node) = self.node(key) else {
            faults.push(self.places.fault(&self.path(key), "is missing"));
            return None;
        };
        T::read(&node, faults)
    }

    /// A setting with a default. A faulty one is told and stands as its default, so that checking goes on.
    pub(super) fn optional<T: Read>(&self, key: &str, faults: &mut Vec<Fault>, default: impl FnOnce() -> T) -> T {
        self.node(key).and_then(|node| T::read(&node, faults)).unwrap_or_else(default)
    }

    /// A section; one that is not there stands as its defaults.
    pub(super) fn section<T: Read>(&self, key: &str, faults: &mut Vec<Fault>) -> Option<T> {
        let empty = Value::Table(toml::Table::new());
        let node = self.node(key).unwrap_or(Node { value: &empty, key: self.path(key), places: self.places });
        T::read(&node, faults)
    }

    /// The value under a key.
    pub(super) fn node(&self, key: &str) -> Option<Node<'a>> {
        let value = self.table.get(key)?;
        Some(Node { value, key: self.path(key), places: self.places })
    }

    fn path(&self, key: &str) -> String {
        if self.key.is_empty() { key.to_owned() } else { format!("{}.{key}", self.key) }
    }

    fn refuse_unknown(&self, known: &[&str], faults: &mut Vec<Fault>) {
        for key in self.table.keys().filter(|key| !known.contains(&key.as_str())) {
            let message = format!("is no setting{}", suggest(key, known.iter().copied()));
            faults.push(self.places.fault(&self.path(key), message));
        }
    }
}

impl<T: Read> Read for Option<T> {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        T::read(node, faults).map(Some)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        match node.value {
            Value::Array(items) => Some(items_of(node, items.iter(), faults)),
            Value::String(text) if node.places.in_environment(&node.key) => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                let items: Vec<Value> = parts.map(|part| Value::String(part.to_owned())).collect();
                Some(items_of(node, items.iter(), faults))
            }
            Value::String(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Datetime(_)
            | Value::Table(_) => {
                faults.push(node.fault("must be a list, in square brackets"));
                None
            }
        }
    }
}

/// A list that names something.
#[derive(Clone, Debug)]
pub(super) struct OneOrMore<T>(pub(super) Vec<T>);

impl<T: Read> Read for OneOrMore<T> {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let before = faults.len();
        let list = Vec::read(node, faults)?;
        if list.is_empty() && faults.len() == before {
            faults.push(node.fault("must name at least one"));
        }
        (!list.is_empty()).then_some(OneOrMore(list))
    }
}

fn items_of<'v, T: Read>(node: &Node<'_>, items: impl Iterator<Item = &'v Value>, faults: &mut Vec<Fault>) -> Vec<T> {
    let read = |(index, value)| {
        let key = format!("{}[{index}]", node.key);
        T::read(&Node { value, key, places: node.places }, faults)
    };
    items.enumerate().filter_map(read).collect()
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let Value::Table(table) = node.value else {
            faults.push(node.fault("must be tables, each with its name"));
            return None;
        };
        let mut named = BTreeMap::new();
        for (name, value) in table {
            let node = Node { value, key: format!("{}.{name}", node.key), places: node.places };
            if let Some(value) = T::read(&node, faults) {
                named.insert(name.clone(), value);
            }
        }
        Some(named)
    }
}

/// Declares a section of settings: a struct whose documentation is that of its keys, and the reading of it. A key without a default is
/// required.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($(#[$key_doc:meta])* $key:ident: $type:ty $(= $default:expr)?,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub(super) struct $name {
            $($(#[$key_doc])* pub(super) $key: $type,)*
        }

        impl $name {
            /// Every key that there is.
            pub(super) const KEYS: &'static [&'static str] = &[$(stringify!($key)),*];
        }

        impl $crate::config::read::Read for $name {
            fn read(
                node: &$crate::config::read::Node<'_>,
                faults: &mut Vec<$crate::config::fault::Fault>,
            ) -> Option<Self> {
                let fields = node.fields(Self::KEYS, faults)?;
                $(let $key = section!(@read fields, faults, $key, $type $(, $default)?);)*
                Some($name { $($key: $key?,)* })
            }
        }
    };
    (@read $fields:ident, $faults:ident, $key:ident, $type:ty) => {
        $fields.required::<$type>(stringify!($key), $faults)
    };
    (@read $fields:ident, $faults:ident, $key:ident, $type:ty, $default:expr) => {
        Some($fields.optional::<$type>(stringify!($key), $faults, || $default))
    };
}
pub(super) use section;
