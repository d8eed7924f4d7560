import { STUDENT_STAGES } from '../domain/intake/words.ts';
import { daysInOrder } from './day-order.ts';
import { defineList } from './define-list.ts';

/** 在校学生名单: who attends which stage of schooling, from enrolment until leaving. */
export const students = defineList({
  name: 'students',
  shape: 'PERIOD',
  columns: [
    { name: 'stage', zh: '学段', holds: { kind: 'word', words: STUDENT_STAGES }, required: true },
    { name: 'enteredOn', zh: '入学日期', holds: { kind: 'day', future: 'allowed' }, required: true },
    { name: 'leftOn', zh: '离校日期', holds: { kind: 'day', future: 'allowed' }, required: false },
    { name: 'newStudent', zh: '是否新生', holds: { kind: 'yes-no' }, required: false },
    {
      name: 'paidSchoolYearUntil',
      zh: '学年保费已缴至',
      holds: { kind: 'day', future: 'allowed' },
      required: false,
    },
    { name: 'schoolRegion', zh: '学校所在地区划代码', holds: { kind: 'region-code' }, required: false },
  ],
  neededToRemove: [['stage']],
  keyOf: ({ stage, enteredOn }) => `${stage}|${enteredOn}`,
  means: ({ stage }, claim) => claim.attributes.stage === stage,
  attributes: ({ stage, newStudent, paidSchoolYearUntil, schoolRegion }) => ({
    stage,
    newStudent,
    paidSchoolYearUntil,
    schoolRegion,
  }),
  from: ({ enteredOn }) => enteredOn,
  to: ({ leftOn }) => leftOn ?? null,
  check: ({ enteredOn, leftOn }) => daysInOrder(enteredOn, leftOn, 'leftOn'),
});
