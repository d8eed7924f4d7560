/**
 * The statements of each published operation of reviewing and correcting, `begin`, savepoints, `commit` and what is put down among them,
 * with the look for the keys under which the reason that is given is sealed.
 */
export const REVIEW_STATEMENTS: Readonly<Record<string, number>> = {
  // The page and how many there are in all; the persons, what was done and who was asked.
  ReviewTasks: 7,
  ReviewTask: 6,
  // What it comes to is tried first and undone; then it is done.
  SettleReview: 33,
  ConfirmReview: 33,
  UndoSettlement: 33,
  Corrections: 4,
  RequestCorrection: 7,
  AnswerCorrection: 7,
};
