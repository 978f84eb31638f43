"""Practice, quizzes and certificates: docs/adr/0018-qualification.md."""
