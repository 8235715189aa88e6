import type { Catalogue } from '../en';

export const login: Catalogue['login'] = {
  title: '登录',
  name: '登录名',
  password: '密码',
  submit: '登录',
  busy: '正在登录…',
  intro: '供热线接线员和主管使用。',
  already: (name) => `您已登录：${name}。`,
  noPage: '您的账号用命令行管理用户和服务时间，目前还没有对应的页面。',
  capsLock: '大写锁定已打开。',
};
