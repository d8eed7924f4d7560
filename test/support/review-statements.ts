/** The statements of each published operation of reviewing and correcting, `begin`, savepoints and `commit` among them. */
export const REVIEW_STATEMENTS: Readonly<Record<string, number>> = {
  // The page and how many there are in all; the persons, what was done and who was asked.
  ReviewTasks: 5,
  ReviewTask: 4,
  // What it comes to is tried first and undone; then it is done.
  SettleReview: 30,
  ConfirmReview: 30,
  UndoSettlement: 30,
  Corrections: 2,
  RequestCorrection: 4,
  AnswerCorrection: 4,
};
