import { bareName } from '../identity/normalise-name.ts';

/**
 * Characters of names that are written in several ways, the standard form first: traditional and variant forms after the table that
 * comes with 通用规范汉字表 (2013). Old registers and hand-written lists keep them. Only for telling a clerk that two names are likely
 * one; nobody is joined to anybody by them.
 */
const VARIANTS: readonly string[] = [
  ...['张張', '陈陳', '刘劉', '杨楊', '赵趙', '孙孫', '马馬', '吴吳', '郑鄭', '冯馮', '韩韓', '邓鄧', '许許', '萧蕭肖'],
  ...[
    '罗羅',
    '谢謝',
    '叶葉',
    '苏蘇',
    '吕呂',
    '贾賈',
    '阎閻闫',
    '卢盧',
    '钟鍾鐘锺',
    '陆陸',
    '范範',
    '谭譚',
    '邹鄒',
    '龙龍',
  ],
  ...['万萬', '钱錢', '汤湯', '顾顧', '龚龔', '严嚴', '华華', '国國', '伟偉', '丽麗', '兰蘭', '凤鳳', '红紅', '军軍'],
  ...['杰傑', '峰峯', '群羣', '强強彊', '云雲', '志誌', '庆慶', '荣榮', '贵貴', '宝寶', '莹瑩', '艳艷', '静靜', '洁潔'],
  ...['梅楳', '岩巖嵒', '涌湧', '晋晉', '升昇陞', '启啟啓', '于於', '栋棟', '树樹', '连連', '莲蓮', '义義', '礼禮'],
  ...['学學', '书書', '东東', '乐樂', '广廣', '业業', '爱愛', '进進', '远遠', '运運', '哲喆', '坤堃', '珍珎'],
];

const STANDARD: ReadonlyMap<string, string> = new Map(
  VARIANTS.flatMap(([standard, ...others]) => others.map((other): [string, string] => [other, standard!])),
);

/** A name with the standard form of each character. */
export const standardName = (name: string): string =>
  [...bareName(name)].map((character) => STANDARD.get(character) ?? character).join('');
