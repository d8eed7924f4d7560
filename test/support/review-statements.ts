/** The statements of each published operation of reviewing and correcting, `begin`, savepoints, `commit` and what is put down among them. */
export const REVIEW_STATEMENTS: Readonly<Record<string, number>> = {
  // The page and how many there are in all; the persons, what was done and who was asked.
  ReviewTasks: 6,
  ReviewTask: 5,
  // What it comes to is tried first and undone; then it is done.
  SettleReview: 32,
  ConfirmReview: 32,
  UndoSettlement: 32,
  Corrections: 3,
  RequestCorrection: 6,
  AnswerCorrection: 6,
};
