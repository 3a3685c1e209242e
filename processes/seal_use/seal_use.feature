Feature: 用印
  Who needs a seal attaches the file, a leader decides, the custodian checks, stamps and counts; a seal taken out comes back.

  Background:
    Given the demonstration company
    And the calendar of 2026
    And the time is "2026-03-02 09:00"

  Scenario: 合同专用章在办公室分两次盖完，多一份也盖不出
    When "zhou.jie" starts "seal_use" with:
      | field  | value              |
      | title  | 采购合同 CG-12     |
      | matter | contract           |
      | seal   | contract_seal      |
      | copies | 4                  |
      | files  | file:采购合同.pdf  |
      | reason | 与供应商签约       |
    Then the variable "seal_no" is "YY-2026-0001"
    And the instance waits in "Task_manager" for "dept_manager"
    And the task "Task_manager" is due "2026-03-03 18:00"
    And "zhou.jie" may not complete "Task_manager"
    When "wang.jianhua" completes "Task_manager" with outcome "approve" and comment "同意用印四份"
    Then the instance waits in "Task_check" for "seal_custodian"
    And "wang.jianhua" may not complete "Task_check"
    And "zhou.jie" may not complete "Task_check"
    When "gao.yun" completes "Task_check" with outcome "accept" with:
      | field      | value          |
      | check_note | 文件完整无空白 |
    Then the instance waits in "Task_stamp" for "gao.yun"
    And completing "Task_stamp" by "gao.yun" with outcome "record" is refused because "stamped_now":
      | field         | value            |
      | stamped_now   | 5                |
      | stamped_files | file:盖章页.pdf  |
    When "gao.yun" completes "Task_stamp" with outcome "record" with:
      | field         | value              |
      | stamped_now   | 3                  |
      | stamped_files | file:盖章页一.pdf  |
      | witness       | luo.min            |
      | imprints      | 6                  |
    Then the variable "remaining" is 1
    And the instance waits in "Task_stamp" for "gao.yun"
    And the register "seal_register" shows:
      | no           | copies | stamped | imprints | remaining | state  |
      | YY-2026-0001 | 4      | 3       | 6        | 1         | 用印中 |
    And completing "Task_stamp" by "gao.yun" with outcome "record" is refused because "stamped_now":
      | field         | value              |
      | stamped_now   | 2                  |
      | stamped_files | file:盖章页二.pdf  |
    When the time is "2026-03-02 15:00"
    And "gao.yun" completes "Task_stamp" with outcome "record" with:
      | field         | value              |
      | stamped_now   | 1                  |
      | stamped_files | file:盖章页二.pdf  |
    Then the instance is completed
    And the variable "seal_result" is "stamped"
    And the variable "stamped_copies" is 4
    And the register "seal_register" shows:
      | no           | seal       | person   | approved_by  | custodian | stamped | remaining | retained | state  |
      | YY-2026-0001 | 合同专用章 | zhou.jie | wang.jianhua | gao.yun   | 4       | 0         | 2        | 已用印 |
    And the document "seal_form" contains "采购合同 CG-12"
    And the document "seal_form" contains "同意用印四份"
    And the history verifies

  Scenario: 公司公章的公函由上级领导审批，退回说明原因，修改后再提交
    When "qian.xin" starts "seal_use" with:
      | field  | value           |
      | title  | 致客户函        |
      | matter | official_letter |
      | seal   | company_seal    |
      | copies | 2               |
      | files  | file:公函.pdf   |
      | reason | 答复客户        |
    Then the instance waits in "Task_superior" for "superior"
    When "chen.guodong" completes "Task_superior" with outcome "return" and comment "一份即可"
    Then the instance waits in "Task_revise" for "qian.xin"
    And the register "seal_register" shows:
      | title    | state  |
      | 致客户函 | 待修改 |
    When "qian.xin" completes "Task_revise" with outcome "resubmit" with:
      | field  | value           |
      | title  | 致客户函        |
      | matter | official_letter |
      | seal   | company_seal    |
      | copies | 1               |
      | files  | file:公函.pdf   |
      | reason | 答复客户        |
    And "chen.guodong" completes "Task_superior" with outcome "approve"
    Then the instance waits in "Task_check" for "seal_custodian"
    And the variable "remaining" is 1

  Scenario: 保管人认为手续不完备，拒绝用印
    When "he.jing" starts "seal_use" with:
      | field  | value            |
      | title  | 在职证明         |
      | matter | certificate      |
      | seal   | company_seal     |
      | copies | 1                |
      | files  | file:证明.pdf    |
      | reason | 办理签证         |
    And "wang.jianhua" completes "Task_manager" with outcome "approve"
    And "gao.yun" completes "Task_check" with outcome "refused" and comment "证明有空白栏未填"
    Then the instance is completed
    And the variable "seal_result" is "refused"
    And the variable "stamped_copies" is 0
    And the register "seal_register" shows:
      | title    | state      |
      | 在职证明 | 保管人拒绝 |

  Scenario: 领导不同意
    When "he.jing" starts "seal_use" with:
      | field  | value           |
      | title  | 担保函          |
      | matter | other           |
      | seal   | company_seal    |
      | copies | 1               |
      | files  | file:担保函.pdf |
      | reason | 客户要求        |
    And "chen.guodong" completes "Task_superior" with outcome "refused" and comment "不得对外担保"
    Then the instance is completed
    And the variable "seal_result" is "refused"
    And the register "seal_register" shows:
      | title  | state  |
      | 担保函 | 未批准 |

  Scenario: 部门经理用印由副经理审批，四眼原则
    When "wang.jianhua" starts "seal_use" with:
      | field  | value           |
      | title  | 业务联系单      |
      | matter | other           |
      | seal   | department_seal |
      | copies | 1               |
      | files  | file:联系单.pdf |
      | reason | 业务联系        |
    Then the instance waits in "Task_manager" for "li.min"
    And "wang.jianhua" may not complete "Task_manager"

  Scenario: 保管人自己用印，由文件管理员核对盖章
    When "gao.yun" starts "seal_use" with:
      | field  | value           |
      | title  | 印章盘点表      |
      | matter | other           |
      | seal   | department_seal |
      | copies | 1               |
      | files  | file:盘点表.pdf |
      | reason | 盘点            |
    And "wang.jianhua" completes "Task_manager" with outcome "approve"
    Then the instance waits in "Task_check" for "luo.min"
    And "gao.yun" may not complete "Task_check"
    When "luo.min" completes "Task_check" with outcome "accept" with:
      | field      | value |
      | check_note | 无误  |
    And "luo.min" completes "Task_stamp" with outcome "record" with:
      | field         | value           |
      | stamped_now   | 1               |
      | stamped_files | file:盖章页.pdf |
    Then the instance is completed

  Scenario: 少盖，余数作废
    When "sun.li" starts "seal_use" with:
      | field  | value           |
      | title  | 投标文件        |
      | matter | other           |
      | seal   | department_seal |
      | copies | 10              |
      | files  | file:标书.pdf   |
      | reason | 投标            |
    And "wang.jianhua" completes "Task_manager" with outcome "approve"
    And "gao.yun" completes "Task_check" with outcome "accept" with:
      | field      | value |
      | check_note | 无误  |
    And "gao.yun" completes "Task_stamp" with outcome "close" and comment "投标方只要六份" with:
      | field         | value           |
      | stamped_now   | 6               |
      | stamped_files | file:盖章页.pdf |
    Then the instance is completed
    And the variable "seal_result" is "stamped"
    And the register "seal_register" shows:
      | title    | copies | stamped | remaining | state  |
      | 投标文件 | 10     | 6       | 4         | 已用印 |

  Scenario: 外带印章当日归还
    When "liu.yang" starts "seal_use" with:
      | field     | value            |
      | title     | 现场签约         |
      | matter    | contract         |
      | seal      | contract_seal    |
      | copies    | 2                |
      | files     | file:合同.pdf    |
      | reason    | 客户现场签约     |
      | taken_out | true             |
      | taken_to  | 客户办公室       |
    Then the instance waits in "Task_superior" for "superior"
    When "chen.guodong" completes "Task_superior" with outcome "approve"
    And "gao.yun" completes "Task_check" with outcome "accept" with:
      | field      | value |
      | check_note | 无误  |
    And "gao.yun" completes "Task_hand_out" with:
      | field    | value    |
      | taken_by | liu.yang |
      | escort   | sun.li   |
    Then the instance waits in "Task_return" for "gao.yun"
    And the task "Task_return" is due "2026-03-02 18:00"
    And the register "seal_register" shows:
      | title    | taken_out | taken_by | state  |
      | 现场签约 | true      | liu.yang | 外带中 |
    When the time is "2026-03-02 16:40"
    And "gao.yun" completes "Task_return" with outcome "record" with:
      | field         | value            |
      | returned_at   | 2026-03-02T16:30 |
      | seal_intact   | true             |
      | stamped_now   | 2                |
      | stamped_files | file:签字页.jpg  |
    Then the instance is completed
    And the register "seal_register" shows:
      | title    | stamped | returned_at         | overdue | state  |
      | 现场签约 | 2       | 2026-03-02T16:30:00 | false   | 已用印 |

  Scenario: 外带印章逾期未还，提醒保管人，再由部门经理追回
    When "liu.yang" starts "seal_use" with:
      | field     | value            |
      | title     | 外地签约         |
      | matter    | contract         |
      | seal      | contract_seal    |
      | copies    | 2                |
      | files     | file:合同.pdf    |
      | reason    | 异地签约         |
      | taken_out | true             |
      | taken_to  | 苏州             |
    And "chen.guodong" completes "Task_superior" with outcome "approve"
    And "gao.yun" completes "Task_check" with outcome "accept" with:
      | field      | value |
      | check_note | 无误  |
    And "gao.yun" completes "Task_hand_out" with:
      | field    | value    |
      | taken_by | liu.yang |
      | escort   | sun.li   |
    And the time is "2026-03-02 18:00"
    Then "gao.yun" has a reminder about "Task_return"
    When the time is "2026-03-03 18:00"
    Then the instance waits in "Task_chase" for "dept_manager"
    When the time is "2026-03-04 09:30"
    And "wang.jianhua" completes "Task_chase" with:
      | field      | value                    |
      | chase_note | 高铁晚点，已派人取回印章 |
    Then the instance waits in "Task_return" for "gao.yun"
    When "gao.yun" completes "Task_return" with outcome "record" with:
      | field         | value            |
      | returned_at   | 2026-03-04T09:20 |
      | seal_intact   | true             |
      | stamped_now   | 2                |
      | stamped_files | file:签字页.jpg  |
    Then the instance is completed
    And the register "seal_register" shows:
      | title    | overdue | state  |
      | 外地签约 | true    | 已用印 |
    And the document "seal_form" contains "高铁晚点，已派人取回印章"

  Scenario: 申请人在审批前撤回
    When "sun.li" starts "seal_use" with:
      | field  | value           |
      | title  | 介绍信          |
      | matter | certificate     |
      | seal   | department_seal |
      | copies | 1               |
      | files  | file:介绍信.pdf |
      | reason | 拜访            |
    And "sun.li" withdraws it
    Then the register "seal_register" shows:
      | title  | state  |
      | 介绍信 | 已撤回 |
