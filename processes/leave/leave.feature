Feature: 请假
  An employee asks for leave, the table says who decides, human resources record it, and the employee reports back.

  Background:
    Given the demonstration company
    And the calendar of 2026
    And the time is "2026-03-02 09:00"

  Scenario: 两天事假由部门经理批准，休完销假
    When "zhang.wei" starts "leave" with:
      | field     | value      |
      | type      | personal   |
      | from      | 2026-03-10 |
      | from_half | am         |
      | to        | 2026-03-11 |
      | to_half   | pm         |
      | reason    | 搬家       |
      | stand_in  | liu.yang   |
      | contact   | 分机 8021  |
    Then the variable "days" is 2
    And the variable "leave_no" is "QJ-2026-0001"
    And the instance waits in "Task_manager" for "dept_manager"
    And the task "Task_manager" is due "2026-03-04 18:00"
    And "zhang.wei" may not complete "Task_manager"
    And the document "leave_form" contains "搬家"
    And the register "leave_register" shows:
      | no           | person    | days | state  |
      | QJ-2026-0001 | zhang.wei | 2    | 审批中 |
    When "wang.jianhua" completes "Task_manager" with outcome "approve" and comment "同意，交接好手头工作"
    Then the instance waits in "Task_record" for "hr"
    When "ma.lin" completes "Task_record" with:
      | field   | value        |
      | hr_note | 已登记考勤   |
    Then the instance waits in "Task_change" for "zhang.wei"
    And the register "leave_register" shows:
      | no           | approved_by  | state  | note       |
      | QJ-2026-0001 | wang.jianhua | 已批准 | 已登记考勤 |
    When the time is "2026-03-11 17:59"
    And the time is "2026-03-11 18:00"
    Then the instance waits in "Task_back" for "zhang.wei"
    And the task "Task_back" is due "2026-03-12 18:00"
    When the time is "2026-03-12 09:05"
    And "zhang.wei" completes "Task_back" with:
      | field         | value      |
      | returned_on   | 2026-03-12 |
      | returned_half | am         |
    Then the instance is completed
    And the variable "actual_days" is 2
    And the variable "overstay" is 0
    And the register "leave_register" shows:
      | no           | returned_on | actual_days | overstay | state  |
      | QJ-2026-0001 | 2026-03-12  | 2           | 0        | 已销假 |
    And the document "leave_form" contains "同意，交接好手头工作"
    And the history verifies

  Scenario: 半天年休假由副经理批准
    When "qian.xin" starts "leave" with:
      | field     | value      |
      | type      | annual     |
      | from      | 2026-03-06 |
      | from_half | pm         |
      | to        | 2026-03-06 |
      | to_half   | pm         |
      | reason    | 家长会     |
      | stand_in  | feng.lei   |
    Then the variable "days" is 0.5
    And the instance waits in "Task_deputy" for "deputy_manager"
    When "li.min" completes "Task_deputy" with outcome "approve"
    And "ma.lin" completes "Task_record" with:
      | field   | value |
      | hr_note | 无    |
    Then the register "leave_register" shows:
      | person   | type   | days | annual_days | state  |
      | qian.xin | 年休假 | 0.5  | 0.5         | 已批准 |
    When the time is "2026-03-06 18:00"
    And the time is "2026-03-09 13:30"
    And "qian.xin" completes "Task_back" with:
      | field         | value          |
      | returned_on   | 2026-03-09     |
      | returned_half | pm             |
      | back_note     | 孩子生病照料   |
    Then the instance is completed
    And the variable "overstay" is 0.5
    And the register "leave_register" shows:
      | person   | actual_days | overstay | annual_days |
      | qian.xin | 1           | 0.5      | 1           |

  Scenario: 跨清明的长事假，节假日不计，部门经理同意后上级批准
    When "zhou.jie" starts "leave" with:
      | field     | value      |
      | type      | personal   |
      | from      | 2026-04-02 |
      | from_half | am         |
      | to        | 2026-04-08 |
      | to_half   | pm         |
      | reason    | 回乡       |
      | stand_in  | wu.fang    |
    Then the variable "days" is 4
    When "wang.jianhua" completes "Task_manager" with outcome "approve"
    Then the instance waits in "Task_superior" for "superior"
    When "chen.guodong" completes "Task_superior" with outcome "ratify"
    Then the instance waits in "Task_record" for "hr"
    And the register "leave_register" shows:
      | person   | days | approved_by  |
      | zhou.jie | 4    | chen.guodong |

  Scenario: 产假按自然日计算
    When "sun.li" starts "leave" with:
      | field     | value             |
      | type      | maternity         |
      | from      | 2026-04-01        |
      | from_half | am                |
      | to        | 2026-04-30        |
      | to_half   | pm                |
      | reason    | 生育              |
      | stand_in  | zhang.wei         |
      | proof     | file:出生证明.pdf |
    Then the variable "days" is 30
    And the instance waits in "Task_manager" for "dept_manager"

  Scenario: 部门经理的请假由上级批准，别人不能替自己批
    When "wang.jianhua" starts "leave" with:
      | field     | value      |
      | type      | annual     |
      | from      | 2026-03-16 |
      | from_half | am         |
      | to        | 2026-03-16 |
      | to_half   | pm         |
      | reason    | 体检       |
      | stand_in  | li.min     |
    Then the instance waits in "Task_superior" for "superior"
    And "wang.jianhua" may not complete "Task_superior"

  Scenario: 副经理请假，部门经理逾期未答复，转给另一位副经理
    When "li.min" starts "leave" with:
      | field     | value      |
      | type      | personal   |
      | from      | 2026-03-12 |
      | from_half | am         |
      | to        | 2026-03-13 |
      | to_half   | pm         |
      | reason    | 办证件     |
      | stand_in  | zhao.qiang |
    Then the instance waits in "Task_manager" for "dept_manager"
    When the time is "2026-03-03 18:00"
    Then "wang.jianhua" has a reminder about "Task_manager"
    When the time is "2026-03-04 18:00"
    Then the instance waits in "Task_deputy" for "zhao.qiang"
    And "li.min" may not complete "Task_deputy"
    When "zhao.qiang" completes "Task_deputy" with outcome "approve" and comment "经理出差，代批"
    Then the instance waits in "Task_record" for "hr"

  Scenario: 年休假余额不足，退回后改天数再提交
    When "zheng.hao" starts "leave" with:
      | field     | value      |
      | type      | annual     |
      | from      | 2026-03-09 |
      | from_half | am         |
      | to        | 2026-03-31 |
      | to_half   | pm         |
      | reason    | 旅行       |
      | stand_in  | wu.fang    |
    Then the variable "days" is 17
    And the variable "problem" is "年休假余额不足，请减少天数或改请其他假。"
    And the instance waits in "Task_revise" for "zheng.hao"
    And the register "leave_register" shows:
      | person    | annual_days | state  |
      | zheng.hao | 0           | 待修改 |
    When "zheng.hao" completes "Task_revise" with outcome "resubmit" with:
      | field     | value      |
      | type      | annual     |
      | from      | 2026-03-09 |
      | from_half | am         |
      | to        | 2026-03-10 |
      | to_half   | pm         |
      | reason    | 旅行       |
      | stand_in  | wu.fang    |
    Then the variable "problem" is null
    And the variable "days" is 2
    And the instance waits in "Task_manager" for "dept_manager"

  Scenario: 已用的年休假从余额里扣，每个申请人各算各的
    When "feng.lei" starts "leave" with:
      | field     | value      |
      | type      | annual     |
      | from      | 2026-03-09 |
      | from_half | am         |
      | to        | 2026-03-12 |
      | to_half   | pm         |
      | reason    | 旅行       |
      | stand_in  | he.jing    |
    Then the register "leave_register" shows:
      | person   | annual_days |
      | feng.lei | 4           |
    When "feng.lei" starts "leave" with:
      | field     | value      |
      | type      | annual     |
      | from      | 2026-06-01 |
      | from_half | am         |
      | to        | 2026-06-19 |
      | to_half   | pm         |
      | reason    | 旅行       |
      | stand_in  | he.jing    |
    Then the variable "problem" is "年休假余额不足，请减少天数或改请其他假。"
    When "feng.lei" completes "Task_revise" with outcome "withdraw" with:
      | field     | value      |
      | type      | annual     |
      | from      | 2026-06-01 |
      | from_half | am         |
      | to        | 2026-06-19 |
      | to_half   | pm         |
      | reason    | 旅行       |
      | stand_in  | he.jing    |
    Then the instance is completed
    And the register "leave_register" shows:
      | person   | from       | annual_days | state  |
      | feng.lei | 2026-06-01 | 0           | 已撤回 |

  Scenario: 病假必须附证明
    When "he.jing" starts "leave" with:
      | field     | value           |
      | type      | sick            |
      | from      | 2026-03-03      |
      | from_half | am              |
      | to        | 2026-03-03      |
      | to_half   | pm              |
      | reason    | 发烧            |
      | stand_in  | feng.lei        |
      | proof     | file:病假条.pdf |
    Then the instance waits in "Task_deputy" for "deputy_manager"
    When "zhao.qiang" completes "Task_deputy" with outcome "return" and comment "请写明就诊医院"
    Then the instance waits in "Task_revise" for "he.jing"
    And completing "Task_revise" by "he.jing" with outcome "resubmit" is refused because "proof":
      | field     | value      |
      | type      | sick       |
      | from      | 2026-03-03 |
      | from_half | am         |
      | to        | 2026-03-03 |
      | to_half   | pm         |
      | reason    | 发烧       |
      | stand_in  | feng.lei   |
      | proof     | =[]        |

  Scenario: 突发情况事后补办，两个日期都保留
    When "wu.fang" starts "leave" with:
      | field       | value        |
      | type        | personal     |
      | from        | 2026-02-27   |
      | from_half   | am           |
      | to          | 2026-02-27   |
      | to_half     | pm           |
      | reason      | 家中漏水     |
      | stand_in    | zhou.jie     |
      | urgent      | true         |
      | notified_on | 2026-02-27   |
      | notified_to | 王建华       |
    Then the instance waits in "Task_deputy" for "deputy_manager"
    And the register "leave_register" shows:
      | person  | filed_on   | notified_on | from       | urgent |
      | wu.fang | 2026-03-02 | 2026-02-27  | 2026-02-27 | true   |

  Scenario: 没有勾选事后补办，不能申请过去的日期
    When "wu.fang" starts "leave" with:
      | field     | value      |
      | type      | personal   |
      | from      | 2026-02-27 |
      | from_half | am         |
      | to        | 2026-02-27 |
      | to_half   | pm         |
      | reason    | 家中漏水   |
      | stand_in  | zhou.jie   |
    Then the variable "problem" is "开始日期已过。紧急情况请勾选事后补办，并写明口头请假的日期。"
    And the instance waits in "Task_revise" for "wu.fang"

  Scenario: 请假审批中撤回
    When "liu.yang" starts "leave" with:
      | field     | value      |
      | type      | annual     |
      | from      | 2026-03-19 |
      | from_half | am         |
      | to        | 2026-03-20 |
      | to_half   | pm         |
      | reason    | 旅行       |
      | stand_in  | zhang.wei  |
    And "liu.yang" withdraws it
    Then the register "leave_register" shows:
      | person   | annual_days | state  |
      | liu.yang | 0           | 已撤回 |

  Scenario: 批准后、假期开始前撤回
    When "liu.yang" starts "leave" with:
      | field     | value      |
      | type      | annual     |
      | from      | 2026-03-19 |
      | from_half | am         |
      | to        | 2026-03-20 |
      | to_half   | pm         |
      | reason    | 旅行       |
      | stand_in  | zhang.wei  |
    And "wang.jianhua" completes "Task_manager" with outcome "approve"
    And "ma.lin" completes "Task_record" with:
      | field   | value |
      | hr_note | 无    |
    And "liu.yang" completes "Task_change" with outcome "withdraw" and comment "客户来访"
    Then the instance is completed
    And the register "leave_register" shows:
      | person   | annual_days | state  |
      | liu.yang | 0           | 已撤回 |

  Scenario: 不同意
    When "zhang.wei" starts "leave" with:
      | field     | value      |
      | type      | personal   |
      | from      | 2026-03-16 |
      | from_half | am         |
      | to        | 2026-03-18 |
      | to_half   | pm         |
      | reason    | 探亲       |
      | stand_in  | liu.yang   |
    And "wang.jianhua" completes "Task_manager" with outcome "reject" and comment "投标期间，请改期"
    Then the instance is completed
    And the register "leave_register" shows:
      | person    | state  |
      | zhang.wei | 未批准 |
    And the document "leave_form" contains "投标期间，请改期"
