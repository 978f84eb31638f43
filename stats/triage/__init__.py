"""Which of a model's answers may stand without people, at a promised error; and watching that it holds."""
