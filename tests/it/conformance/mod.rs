//! What other programs say of the same files. Each test runs where a variable names the program, and says aloud where it does not.

mod claude;
mod skills_ref;
